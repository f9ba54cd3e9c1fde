namespace TokenGateway.Commands;

/// <summary><c>probe ready|live</c>: asks the management listener, for images without a shell. Exit code 0 for yes, 1 for no.</summary>
internal static class ProbeCommand
{
    public const string Ready = "ready";
    public const string Live = "live";

    /// <summary>Probes are answered from memory.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static Task<int> RunAsync(ManagementTarget target, string probe, CommandOutput output) =>
        ManagementClient.RunAsync(
            target,
            output,
            async client =>
            {
                await output.Out.WriteAsync(await client.SendAsync(HttpMethod.Get, probe == Live ? "livez" : "readyz"));
                return 0;
            },
            timeout: Timeout);
}
