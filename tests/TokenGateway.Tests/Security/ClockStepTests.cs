using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using TokenGateway.Hosting;
using TokenGateway.Simulator;

namespace TokenGateway.Tests.Security;

/// <summary>A clock that is set while the gateway runs: a whole one, with its store, its provider and an upstream that checks tokens, which keep the right time.</summary>
public sealed class ClockStepTests : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("tokengateway-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Step_of_an_hour_loses_no_token_and_requests_soon_succeed_again(int hours)
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { AccessTokenLifetime = Lifetime });
        var clock = new SteppedClock();
        await using var gateway = await StartAsync(simulator, clock);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(gateway.ProxyAddresses.Single()) };
        await UntilAsync(client, simulator, rotations: 1);

        clock.Offset = TimeSpan.FromHours(hours);
        await UntilAsync(client, simulator, simulator.Counters.Rotations + 3);

        // And back, as when the clock is set right again.
        clock.Offset = TimeSpan.Zero;
        await UntilAsync(client, simulator, simulator.Counters.Rotations + 3);
        Assert.Equal(0, simulator.Counters.Reuses + simulator.Counters.Naked);
    }

    /// <summary>Until there were that many rotations, and requests succeed.</summary>
    private static async Task UntilAsync(HttpClient client, SimulatorHost simulator, long rotations)
    {
        using var bound = new CancellationTokenSource(Bound, TimeProvider.System);
        for (var status = default(HttpStatusCode); simulator.Counters.Rotations < rotations || status != HttpStatusCode.OK;)
        {
            using var answer = await client.GetAsync("/plum/hello", bound.Token);
            status = answer.StatusCode;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, bound.Token);
        }
    }

    private async Task<GatewayHost> StartAsync(SimulatorHost simulator, TimeProvider clock)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["ReverseProxy:Routes:plum:ClusterId"] = "plum",
            ["ReverseProxy:Routes:plum:Match:Path"] = "/plum/{**rest}",
            ["ReverseProxy:Routes:plum:Transforms:0:PathRemovePrefix"] = "/plum",
            ["ReverseProxy:Routes:plum:Transforms:1:BearerToken"] = "plum",
            ["ReverseProxy:Clusters:plum:Destinations:api:Address"] = $"{simulator.UpstreamUrl}/api/",
            ["TokenGateway:Store:Path"] = Path.Combine(_folder, "tokengateway.db"),
            ["TokenGateway:Store:JournalPath"] = Path.Combine(_folder, "journal"),
            ["TokenGateway:Management:Url"] = "http://127.0.0.1:0",
            ["TokenGateway:Credentials:plum:Preset"] = "xoxoday",
            ["TokenGateway:Credentials:plum:OAuthUrl"] = simulator.BaseUrl,
            ["TokenGateway:Credentials:plum:ClientId"] = simulator.Options.ClientId,
            ["TokenGateway:Credentials:plum:ClientSecret"] = simulator.Options.ClientSecret,
            ["TokenGateway:Credentials:plum:RefreshToken"] = simulator.IssueSeed().RefreshToken,
            ["TokenGateway:Credentials:plum:MinRefreshInterval"] = "00:00:01",
        }).Build();
        var settings = await ConfigurationCheck.ReadAsync(configuration, []);
        var parts = new GatewayParts { Configuration = configuration, Settings = settings.Gateway, Loggers = NullLoggerFactory.Instance, Time = clock };
        var host = new GatewayHost(parts, GatewayEngine.Create(settings.Tokens, parts));
        await host.StartAsync(CancellationToken.None);
        return host;
    }

    /// <summary>The machine's clock with its hands moved. Timers and time stamps go on, as they do in a process.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        private long _offset;

        public TimeSpan Offset
        {
            get => TimeSpan.FromTicks(Interlocked.Read(ref _offset));
            set => Interlocked.Exchange(ref _offset, value.Ticks);
        }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
    }
}
