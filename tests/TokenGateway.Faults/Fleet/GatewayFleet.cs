using TokenGateway.Faults.Faults;
using TokenGateway.Faults.Load;
using TokenGateway.Faults.Network;
using TokenGateway.Faults.Oracle;
using TokenGateway.Faults.Redis;
using TokenGateway.Faults.Report;
using TokenGateway.Simulator;

namespace TokenGateway.Faults.Fleet;

/// <summary>Gateways, their Redis, a strict provider, and a breakable network between them; under load, and watched.</summary>
internal sealed class GatewayFleet : IAsyncDisposable
{
    private readonly List<RedisTopology> _stores = [];
    private FaultProxy? _provider;
    private ClientLoad? _load;

    private GatewayFleet(FleetOptions options, SimulatorHost simulator, string folder, FleetLog log)
    {
        (Options, Simulator, Folder, Log) = (options, simulator, folder, log);
        Random = new Random(options.Seed);
        Operator = new Operator(this);
        Judge = new Judge(this);
        Tokens = new TokenLink(Network, Ledger, Points, gateway => Gateways.First(other => other.Name == gateway).Boot);
        Tokens.Sent += Judge.Sent;
        Network.Failed += error => Judge.Violation($"the harness failed: {error}");
        Tokens.Unknown += gateway => Judge.Violation($"{gateway} sent a refresh token that it was never given");
        simulator.Events.Happened += Judge.Happened;
    }

    public FleetOptions Options { get; }

    public string Name => Options.Name;

    public string Folder { get; }

    public SimulatorHost Simulator { get; }

    public FaultNetwork Network { get; } = new();

    public FaultPoints Points { get; } = new();

    public Ledger Ledger { get; } = new();

    public FleetLog Log { get; }

    /// <summary>For every choice within this fleet.</summary>
    public Random Random { get; }

    public Operator Operator { get; }

    public Judge Judge { get; }

    public List<Gateway> Gateways { get; } = [];

    public RedisTopology Redis => _stores[0];

    public ClientLoad Load => _load!;

    private TokenLink Tokens { get; }

    public static async Task<GatewayFleet> StartAsync(FleetOptions options, FleetSite site, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(site.Folder, options.Name);
        Directory.CreateDirectory(folder);
        var simulator = await SimulatorHost.StartAsync(ProviderOptions(options), cancellationToken: cancellationToken);
        var fleet = new GatewayFleet(options, simulator, folder, new FleetLog(site.Log, options.Name));
        try
        {
            await fleet.StartStoresAsync(cancellationToken);
            await fleet.StartGatewaysAsync(site);
            fleet._load = new ClientLoad(fleet);
            if (!options.SplitStore)
            {
                await Recovery.WaitAsync(fleet, long.MinValue, cancellationToken);
            }

            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the load, so that the counts are final.</summary>
    public async Task QuiesceAsync()
    {
        await Load.DisposeAsync();
        await Judge.SettleAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await (_load?.DisposeAsync() ?? ValueTask.CompletedTask);
        foreach (var gateway in Gateways)
        {
            await gateway.DisposeAsync();
        }

        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        Network.AbortAll();
        await (_provider?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Judge.DisposeAsync();
        await Simulator.DisposeAsync();
    }

    private static SimulatorOptions ProviderOptions(FleetOptions options) => new()
    {
        AccessTokenLifetime = Timing.AccessTokenLifetime,
        Latency = Timing.ProviderLatency,
        RevokeFamilyOnReuse = options.ReusePolicy != "Rejected",
    };

    private async Task StartStoresAsync(CancellationToken cancellationToken)
    {
        for (var n = 0; n < (Options.SplitStore ? Options.Gateways : 1); n++)
        {
            var site = new RedisSite(Path.Combine(Folder, $"store-{n + 1}"), (Options.Number * 10) + n, Network, new StoreTap(Ledger, Points, source => source.StartsWith("gateway-", StringComparison.Ordinal)));
            _stores.Add(RedisTopology.Create(Options.Topology, site));
            await _stores[^1].StartAsync(cancellationToken);
        }
    }

    private async Task StartGatewaysAsync(FleetSite site)
    {
        _provider = new FaultProxy(Network, "provider", () => new Uri(Simulator.BaseUrl).Port, Tokens.ServeAsync);
        var seedFiles = Enumerable.Range(1, Options.Credentials).ToDictionary(n => $"c{n}", n => Path.Combine(Folder, $"seed-c{n}"), StringComparer.Ordinal);
        foreach (var (credential, file) in seedFiles)
        {
            Operator.Seed(credential, file);
        }

        for (var n = 0; n < Options.Gateways; n++)
        {
            var name = $"gateway-{n + 1}";
            var folder = Path.Combine(Folder, name);
            Directory.CreateDirectory(folder);
            var source = new System.Net.IPAddress([127, (byte)(Options.Number * 10), 1, (byte)(n + 1)]);
            Network.Name(source, name);
            var gateway = new Gateway(name, folder, source, site.Executable, site.Shim, Log);
            Gateways.Add(gateway);
            var store = _stores[n % _stores.Count];
            gateway.Configure(GatewayConfiguration.Of(
                folder, store.ConnectionString, $"http://127.0.0.1:{_provider.Port}", Simulator.UpstreamUrl, seedFiles, Options.ReusePolicy));
        }

        await Task.WhenAll(Gateways.Select(gateway => gateway.StartAsync()));
    }
}

/// <summary>What all fleets of a run share.</summary>
/// <param name="Folder">The run's own.</param>
/// <param name="Executable">The published gateway.</param>
/// <param name="Shim">The compiled shim.</param>
/// <param name="Log">The run's log.</param>
internal sealed record FleetSite(string Folder, string Executable, string Shim, RunLog Log);
