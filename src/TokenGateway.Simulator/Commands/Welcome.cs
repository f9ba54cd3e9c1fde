using TokenGateway.Simulator.Http;
using TokenGateway.Simulator.OAuth;

namespace TokenGateway.Simulator.Commands;

/// <summary>What the executable prints when it is ready. It names the seed, which is made to be copied.</summary>
internal static class Welcome
{
    public static string For(SimulatorHost host, Seed seed)
    {
        var (url, options) = (host.BaseUrl, host.Options);
        return $"""
            A strict OAuth provider with single-use refresh tokens, and an API that checks its access tokens.
              OAuthUrl       {url}
              upstream       {host.UpstreamUrl}/api/
              client         {options.ClientId}
              refresh token  {seed.RefreshToken}
              log in         {url}{AuthorizationEndpoint.Path}, for an AuthorizationEndpoint
              access tokens live {options.AccessTokenLifetime:c}

            Rotate (once: the answer holds the next refresh token)
              curl -s {url}{TokenPath(options)} -d grant_type=refresh_token -d client_id={options.ClientId} -d client_secret={Secret(options)} -d refresh_token={seed.RefreshToken}
            Validate, and call the API
              curl -s {url}{options.ValidatePath} -H "Authorization: Bearer ACCESS_TOKEN"
              curl -s {host.UpstreamUrl}/api/hello -H "Authorization: Bearer ACCESS_TOKEN"
            Watch it, get another seed, break it
              curl -s {url}/simulator/state
              curl -s -X POST {url}/simulator/seed
              curl -s {url}/simulator/faults -d {Quoted}
              curl -s -X POST {url}/simulator/down
              curl -s -X POST {url}/simulator/up
            Ctrl-C stops it.

            """;
    }

    private static string TokenPath(SimulatorOptions options) => options.TokenPath.Replace("{token_type}", "user", StringComparison.Ordinal);

    // A secret that someone chose is not shown; the default one is no secret.
    private static string Secret(SimulatorOptions options) =>
        string.Equals(options.ClientSecret, new SimulatorOptions().ClientSecret, StringComparison.Ordinal) ? options.ClientSecret : "CLIENT_SECRET";

    private const string Quoted = """'{"endpoint":"token","kind":"drop","when":"after","count":1}'""";
}
