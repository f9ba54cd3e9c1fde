using TokenGateway.Simulator;

namespace TokenGateway.Demo;

/// <summary>What the demo tells its user to try. Every line that begins with curl can be pasted as it is.</summary>
internal static class DemoText
{
    public static string Of(SimulatorHost simulator, IReadOnlyList<DemoReplica> replicas) => $"""

        A strict provider whose access tokens live {simulator.Options.AccessTokenLifetime.TotalSeconds} s, and two gateways that share one store.

          provider   {simulator.BaseUrl}
          upstream   {simulator.UpstreamUrl}/api/ (answers 401 to a dead token)
          gateway 1  {replicas[0].Url} (management {replicas[0].ManagementUrl})
          gateway 2  {replicas[1].Url} (management {replicas[1].ManagementUrl})

        Call the upstream through either gateway, now and again: the fingerprint of the token changes, and nothing fails.
          curl {replicas[0].Url}/plum/hello
          curl {replicas[1].Url}/plum/hello
        See the credential, and which replica rotated it; or open {replicas[0].ManagementUrl}/ in a browser.
          curl {replicas[0].ManagementUrl}/api/credentials/plum
        Rotate it now; both gateways send the new token.
          curl -X POST {replicas[0].ManagementUrl}/api/credentials/plum/rotate

        Ctrl-C ends the demo.

        """;
}
