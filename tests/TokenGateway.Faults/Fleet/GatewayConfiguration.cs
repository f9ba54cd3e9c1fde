using System.Text.Json.Nodes;

namespace TokenGateway.Faults.Fleet;

/// <summary>The configuration file of one gateway.</summary>
internal static class GatewayConfiguration
{
    /// <param name="folder">The gateway's own.</param>
    /// <param name="redis">A StackExchange.Redis configuration string.</param>
    /// <param name="provider">Where this gateway reaches the provider.</param>
    /// <param name="upstream">Where it reaches the upstream.</param>
    /// <param name="seedFiles">The credentials' names and seed files.</param>
    /// <param name="reusePolicy">What the provider does with a spent refresh token.</param>
    public static string Of(
        string folder, string redis, string provider, string upstream, IReadOnlyDictionary<string, string> seedFiles, string reusePolicy) => new JsonObject
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Logging"] = new JsonObject { ["LogLevel"] = new JsonObject { ["Default"] = "Information", ["Microsoft.AspNetCore"] = "Warning", ["Yarp"] = "Warning" } },
            ["ReverseProxy"] = new JsonObject
            {
                ["Routes"] = new JsonObject(seedFiles.Keys.Select(name => KeyValuePair.Create(name, Route(name)))),
                ["Clusters"] = JsonNode.Parse($$"""{ "upstream": { "Destinations": { "api": { "Address": "{{upstream}}" } } } }"""),
            },
            ["TokenGateway"] = new JsonObject
            {
                ["Management"] = new JsonObject { ["Url"] = "http://127.0.0.1:0" },
                ["Encryption"] = new JsonObject { ["Keys"] = new JsonArray(Convert.ToBase64String(new byte[32])) },
                ["Store"] = new JsonObject
                {
                    ["Kind"] = "Redis",
                    ["Redis"] = redis,
                    ["JournalPath"] = Path.Combine(folder, "journal"),
                    ["OperationTimeout"] = Timing.OperationTimeout.ToString("c"),
                    ["PollInterval"] = Timing.PollInterval.ToString("c"),
                },
                ["Credentials"] = new JsonObject(seedFiles.Select(seed => KeyValuePair.Create(seed.Key, (JsonNode?)Credential(provider, seed.Value, reusePolicy)))),
            },
        }.ToJsonString();

    private static JsonNode? Route(string name) => JsonNode.Parse($$"""
        { "ClusterId": "upstream", "Match": { "Path": "/{{name}}/{**rest}" },
          "Transforms": [ { "PathRemovePrefix": "/{{name}}" }, { "PathPrefix": "/api" }, { "BearerToken": "{{name}}" } ] }
        """);

    private static JsonObject Credential(string provider, string seedFile, string reusePolicy) => new JsonObject
    {
        ["Preset"] = "xoxoday",
        ["OAuthUrl"] = provider,
        ["ClientId"] = "demo",
        ["ClientSecret"] = "demo-secret",
        ["RefreshTokenFile"] = seedFile,
        ["MinRefreshInterval"] = "00:00:00",
        ["TokenEndpointTimeout"] = Timing.TokenEndpointTimeout.ToString("c"),
        ["LeaseDuration"] = Timing.LeaseDuration.ToString("c"),
        ["Patience"] = Timing.Patience.ToString("c"),
        ["RequestWait"] = Timing.RequestWait.ToString("c"),
        ["ReusePolicy"] = reusePolicy,
        ["Validation"] = new JsonObject { ["OnAdopt"] = false, ["Interval"] = "00:00:00" },
    };
}
