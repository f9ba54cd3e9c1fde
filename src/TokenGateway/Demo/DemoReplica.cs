using TokenGateway.Hosting;
using TokenGateway.Simulator;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Telemetry;

namespace TokenGateway.Demo;

/// <summary>One of the demo's gateways: a real one, from a configuration that a user could write.</summary>
internal sealed class DemoReplica : IAsyncDisposable
{
    private readonly GatewayHost _host;

    private DemoReplica(GatewayHost host) => _host = host;

    public string Url => _host.ProxyAddresses.First();

    public string ManagementUrl => _host.ManagementAddresses.First();

    public static async Task<DemoReplica> StartAsync(SimulatorHost simulator, Seed seed, string folder, GatewayTelemetry telemetry)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(Configuration(simulator, seed, folder)).Build();
        var settings = await ConfigurationCheck.ReadAsync(configuration, []);
        var parts = new GatewayParts { Configuration = configuration, Settings = settings.Gateway, Loggers = telemetry.Loggers, Telemetry = telemetry };
        var host = new GatewayHost(parts, GatewayEngine.Create(settings.Tokens, parts));
        try
        {
            await host.StartAsync(CancellationToken.None);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        return new DemoReplica(host);
    }

    public Task DrainAsync() => _host.DrainAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static Dictionary<string, string?> Configuration(SimulatorHost simulator, Seed seed, string folder) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["Urls"] = "http://127.0.0.1:0",
        ["ReverseProxy:Routes:plum:ClusterId"] = "plum",
        ["ReverseProxy:Routes:plum:Match:Path"] = "/plum/{**rest}",
        ["ReverseProxy:Routes:plum:Transforms:0:PathRemovePrefix"] = "/plum",
        ["ReverseProxy:Routes:plum:Transforms:1:BearerToken"] = "plum",
        ["ReverseProxy:Clusters:plum:Destinations:api:Address"] = $"{simulator.UpstreamUrl}/api/",
        ["TokenGateway:Store:Path"] = Path.Combine(folder, "tokengateway.db"),
        ["TokenGateway:Store:JournalPath"] = Path.Combine(folder, "journal"),
        ["TokenGateway:Management:Url"] = "http://127.0.0.1:0",
        ["TokenGateway:ShutdownDelay"] = "00:00:00",
        ["TokenGateway:DrainTimeout"] = "00:00:02",
        ["TokenGateway:Credentials:plum:Preset"] = "xoxoday",
        ["TokenGateway:Credentials:plum:OAuthUrl"] = simulator.BaseUrl,
        ["TokenGateway:Credentials:plum:ClientId"] = simulator.Options.ClientId,
        ["TokenGateway:Credentials:plum:ClientSecret"] = simulator.Options.ClientSecret,
        ["TokenGateway:Credentials:plum:RefreshToken"] = seed.RefreshToken,
        // By default a user of the demo would be told to wait: the clock alone rotates every 10 s or so.
        ["TokenGateway:Credentials:plum:MinRefreshInterval"] = "00:00:01",
    };
}
