using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using TokenGateway.Simulator;
using TokenGateway.Testing;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Benchmarks;

/// <summary>Replicas of the engine on one store, each with connections and files of its own, as in processes of their own; polling is off, so that only announcements count.</summary>
internal sealed class PropagationFleet : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("tokengateway-bench-").FullName;
    private readonly List<TokenManager> _replicas = [];
    private SimulatorHost? _simulator;
    private RedisServer? _redis;

    private PropagationFleet() { }

    public string Description => _redis?.Description ?? "SQLite in a temporary folder";

    public static async Task<PropagationFleet> StartAsync(string store, int replicas, CancellationToken cancellationToken)
    {
        var fleet = new PropagationFleet { _simulator = await SimulatorHost.StartAsync(cancellationToken: cancellationToken) };
        fleet._redis = store == "Redis" ? await RedisServer.StartSharedAsync() : null;
        var settings = fleet.Settings(store, fleet._simulator.IssueSeed().RefreshToken);
        for (var i = 0; i < replicas; i++)
        {
            var manager = TokenEngine.Create(settings, TimeProvider.System, RandomSource.System, NullLoggerFactory.Instance, TokenMetrics.Unobserved);
            fleet._replicas.Add(manager);
            await manager.StartAsync(cancellationToken);
            await WaitForAsync(manager, generation: 1, cancellationToken);
        }

        return fleet;
    }

    /// <summary>One lag per rotation and other replica, in milliseconds.</summary>
    public async Task<List<double>> MeasureAsync(int rotations, CancellationToken cancellationToken)
    {
        var lags = new List<double>(rotations * (_replicas.Count - 1));
        for (var i = 0; i < rotations; i++)
        {
            var rotator = _replicas[i % _replicas.Count];
            var next = rotator.GetStatus("plum").Generation + 1;
            var arrivals = _replicas.Select(replica => WaitForAsync(replica, next, cancellationToken)).ToList();
            var report = await RotateAsync(rotator, next, cancellationToken);
            if (report.Outcome != RotationOutcome.Rotated)
            {
                throw new InvalidOperationException($"Rotation {i} ended as {report.Outcome}: {report.Error}");
            }

            var known = await Task.WhenAll(arrivals);
            var origin = known[i % _replicas.Count];
            lags.AddRange(known.Where((_, n) => n != i % _replicas.Count).Select(at => Math.Max(0, TimeProvider.System.GetElapsedTime(origin, at).TotalMilliseconds)));
        }

        return lags;
    }

    /// <summary>Who asks while the last rotation is being written down is answered with that one, and asks again.</summary>
    private static async Task<RotationReport> RotateAsync(TokenManager rotator, long next, CancellationToken cancellationToken)
    {
        while (true)
        {
            var report = await rotator.RotateAsync("plum", force: false, cancellationToken);
            if (report.Outcome != RotationOutcome.Rotated || report.Generation >= next)
            {
                return report;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        await (_simulator?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
        Directory.Delete(_folder, recursive: true);
    }

    /// <returns>The moment at which requests of this replica get that generation's token.</returns>
    private static async Task<long> WaitForAsync(TokenManager manager, long generation, CancellationToken cancellationToken)
    {
        var memory = manager.Agent("plum").Memory;
        while (memory.View is var view && (view.Record?.Generation ?? -1) < generation)
        {
            await view.Changed.Task.WaitAsync(Patience, TimeProvider.System, cancellationToken);
        }

        return TimeProvider.System.GetTimestamp();
    }

    private TokenGatewaySettings Settings(string store, string refreshToken)
    {
        var json = $$"""
            { "TokenGateway": {
                "Store": { "Kind": "{{store}}", "Path": "{{_folder}}/tokens.db", "JournalPath": "{{_folder}}/journal", "PollInterval": "{{(store == "Redis" ? "00:00:01" : "01:00:00")}}",
                  "Redis": "{{_redis?.ConnectionString}}", "KeyPrefix": "bench-{{RandomSource.System.NextId()}}" },
                "Encryption": { "Keys": [ "{{Convert.ToBase64String(new byte[32])}}" ] },
                "Credentials": { "plum": { "Preset": "xoxoday", "OAuthUrl": "{{_simulator!.BaseUrl}}", "ClientId": "demo", "ClientSecret": "demo-secret",
                  "RefreshToken": "{{refreshToken}}", "MinRefreshInterval": "00:00:00", "Validation": { "OnAdopt": false, "Interval": "00:00:00" } } } } }
            """;
        var read = TokenGatewaySettingsReader.Read(
            new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build());
        return read.Value ?? throw new InvalidOperationException(string.Join('\n', read.Errors));
    }
}
