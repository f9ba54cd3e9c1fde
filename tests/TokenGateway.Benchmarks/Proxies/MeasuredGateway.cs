using System.Globalization;
using TokenGateway.Simulator;
using TokenGateway.Testing;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary>One gateway with as many credentials as wanted, all of them with a token that lives for an hour, and its provider.</summary>
internal sealed class MeasuredGateway : IAsyncDisposable
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false });

    private readonly SimulatorHost _provider;
    private readonly Uri _management;

    private MeasuredGateway(SimulatorHost provider, Uri management, Peer peer) => (_provider, _management, Peer) = (provider, management, peer);

    public Peer Peer { get; }

    /// <summary>Until its management listener says that all credentials are ready, from the start of the process.</summary>
    public TimeSpan ReadyIn { get; private init; }

    public long Rotations => _provider.Counters.Rotations;

    /// <summary>The executable that <c>TOKENGATEWAY_EXE</c> names, or one that is published now.</summary>
    public static async Task<string> ExecutableAsync(CancellationToken cancellationToken) =>
        Environment.GetEnvironmentVariable("TOKENGATEWAY_EXE") ?? await Shell.PublishAsync("src/TokenGateway", "gateway", native: true, cancellationToken);

    /// <summary>Twice, because the first start fills the store: what is measured is a start with a warm one.</summary>
    public static async Task<MeasuredGateway> StartAsync(string name, string executable, Upstream upstream, int credentials, CancellationToken cancellationToken)
    {
        var provider = await SimulatorHost.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromHours(1) }, cancellationToken: cancellationToken);
        try
        {
            var (port, management) = (Ports.Free(), new Uri($"http://127.0.0.1:{Ports.Free()}"));
            var file = Configure(upstream, provider, port, management.Port, credentials);
            using (await Peer.StartAsync(name, port, executable, ["run", "--config", file], cancellationToken, environment: [upstream.Trust]))
            {
                await ReadyAsync(management, cancellationToken);
            }

            var started = TimeProvider.System.GetTimestamp();
            var peer = await Peer.StartAsync(name, port, executable, ["run", "--config", file], cancellationToken, cancelled => AllocatedAsync(management, cancelled), [upstream.Trust]);
            await ReadyAsync(management, cancellationToken);
            return new MeasuredGateway(provider, management, peer) { ReadyIn = TimeProvider.System.GetElapsedTime(started) };
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }
    }

    /// <summary>From now on tokens live for two seconds. The first such rotation is asked for, since the token at hand would live for an hour.</summary>
    public async Task RotateAsync(CancellationToken cancellationToken)
    {
        _provider.Options = _provider.Options with { AccessTokenLifetime = TimeSpan.FromSeconds(2) };
        using var answer = await Client.PostAsync(new Uri(_management, "/api/credentials/plum/rotate?force=true"), null, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        Peer.Dispose();
        await _provider.DisposeAsync();
    }

    private static string Configure(Upstream upstream, SimulatorHost provider, int port, int management, int credentials)
    {
        var folder = Directory.CreateDirectory(Path.Combine(upstream.Folder, $"gateway-{port}")).FullName;
        var configuration = Configurations.Gateway(folder, port, management, upstream.Plain, upstream.Tls, provider.BaseUrl, provider.IssueSeed().RefreshToken);
        var all = configuration["TokenGateway"]!["Credentials"]!;
        for (var number = 1; number < credentials; number++)
        {
            var another = all["plum"]!.DeepClone();
            another["RefreshToken"] = provider.IssueSeed().RefreshToken;
            all[$"plum_{number}"] = another;
        }

        return upstream.Write($"gateway-{port}.json", configuration.ToJsonString());
    }

    private static async Task ReadyAsync(Uri management, CancellationToken cancellationToken)
    {
        while (!await AnswersAsync())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
        }

        async Task<bool> AnswersAsync()
        {
            try
            {
                using var answer = await Client.GetAsync(new Uri(management, "/readyz"), cancellationToken);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false; // It does not listen yet.
            }
        }
    }

    private static async Task<double> AllocatedAsync(Uri management, CancellationToken cancellationToken)
    {
        var metrics = await Client.GetStringAsync(new Uri(management, "/metrics"), cancellationToken);
        var line = metrics.Split('\n').Single(text => text.StartsWith("dotnet_gc_heap_total_allocated_bytes_total", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
