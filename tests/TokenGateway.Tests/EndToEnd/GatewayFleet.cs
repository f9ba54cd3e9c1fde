using System.Text.Json.Nodes;
using TokenGateway.Simulator;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Testing;

namespace TokenGateway.Tests.EndToEnd;

/// <summary>Gateways as processes on one store, a strict provider, and an upstream that checks tokens.</summary>
internal sealed class GatewayFleet : IAsyncDisposable
{
    private readonly List<GatewayProcess> _gateways = [];
    private readonly RedisServer? _redis;
    private readonly string _keyPrefix = $"e2e-{Path.GetRandomFileName()}";

    private GatewayFleet(SimulatorHost simulator, RedisServer? redis)
    {
        Simulator = simulator;
        _redis = redis;
    }

    public SimulatorHost Simulator { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("tokengateway-e2e-").FullName;

    /// <summary>What the configuration began with.</summary>
    public Seed Seed { get; private set; } = null!;

    public IReadOnlyList<GatewayProcess> Gateways => _gateways;

    public GatewayProcess First => _gateways[0];

    /// <summary>The file that holds the seed; writing to it is a reseed.</summary>
    public string SeedFile => Path.Combine(Folder, "refresh-token");

    public static async Task<GatewayFleet> CreateAsync(SimulatorOptions options, string store = "Embedded", Func<string>? newToken = null)
    {
        var redis = store == "Redis" ? await RedisServer.StartSharedAsync() : null;
        var fleet = new GatewayFleet(await SimulatorHost.StartAsync(options, newToken: newToken), redis);
        fleet.Seed = fleet.Simulator.IssueSeed();
        fleet.WriteSeed(fleet.Seed.RefreshToken);
        return fleet;
    }

    public static async Task<GatewayFleet> StartAsync(
        SimulatorOptions options, string store = "Embedded", int replicas = 1, Action<JsonObject>? credential = null)
    {
        var fleet = await CreateAsync(options, store);
        for (var i = 0; i < replicas; i++)
        {
            await fleet.StartGatewayAsync(credential);
        }

        foreach (var gateway in fleet.Gateways)
        {
            await gateway.UntilActiveAsync();
        }

        return fleet;
    }

    public async Task<GatewayProcess> StartGatewayAsync(Action<JsonObject>? credential = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var gateway = await GatewayProcess.StartAsync(WriteConfiguration(credential), environment);
        _gateways.Add(gateway);
        return gateway;
    }

    public void Forget(GatewayProcess gateway) => _gateways.Remove(gateway);

    public void WriteSeed(string refreshToken) => File.WriteAllText(SeedFile, refreshToken + "\n");

    public string WriteConfiguration(Action<JsonObject>? credential = null)
    {
        var plum = new JsonObject
        {
            ["Preset"] = "xoxoday",
            ["OAuthUrl"] = Simulator.BaseUrl,
            ["ClientId"] = Simulator.Options.ClientId,
            ["ClientSecret"] = Simulator.Options.ClientSecret,
            ["RefreshTokenFile"] = SeedFile,
        };
        credential?.Invoke(plum);
        var path = Path.Combine(Folder, $"appsettings-{Path.GetRandomFileName()}.json");
        File.WriteAllText(path, Configuration(plum).ToJsonString());
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
        {
            await gateway.DisposeAsync();
        }

        await Simulator.DisposeAsync();
        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
        Directory.Delete(Folder, recursive: true);
    }

    private JsonObject Configuration(JsonObject credential) => new()
    {
        ["Urls"] = "http://127.0.0.1:0",
        ["ReverseProxy"] = JsonNode.Parse($$"""
            { "Routes": { "plum": { "ClusterId": "plum", "Match": { "Path": "/plum/{**rest}" },
                "Transforms": [ { "PathRemovePrefix": "/plum" }, { "PathPrefix": "/api" }, { "BearerToken": "plum" } ] } },
              "Clusters": { "plum": { "HttpClient": { "MaxConnectionsPerServer": 256 }, "Destinations": { "api": { "Address": "{{Simulator.UpstreamUrl}}" } } } } }
            """),
        ["TokenGateway"] = new JsonObject
        {
            ["Management"] = new JsonObject { ["Url"] = "http://127.0.0.1:0" },
            ["ShutdownDelay"] = "00:00:00.5",
            ["DrainTimeout"] = "00:00:05",
            ["Store"] = new JsonObject
            {
                ["Kind"] = _redis is null ? "Embedded" : "Redis",
                ["Path"] = Path.Combine(Folder, "tokens.db"),
                ["JournalPath"] = Path.Combine(Folder, "journal"),
                ["Redis"] = _redis?.ConnectionString ?? "",
                ["KeyPrefix"] = _keyPrefix,
                ["PollInterval"] = "00:00:00.5",
            },
            ["Encryption"] = new JsonObject { ["Keys"] = new JsonArray(Convert.ToBase64String(new byte[32])) },
            ["Credentials"] = new JsonObject { ["plum"] = credential },
        },
    };
}
