using TokenGateway.Simulator;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary>One gateway with as many credentials as wanted, all of them with a token that lives for an hour, and its provider.</summary>
internal sealed class MeasuredGateway : IAsyncDisposable
{
    private readonly SimulatorHost _provider;

    private MeasuredGateway(SimulatorHost provider, Peer peer) => (_provider, Peer) = (provider, peer);

    public Peer Peer { get; }

    /// <summary>Until its management listener says that all credentials are ready, from the start of the process.</summary>
    public TimeSpan ReadyIn { get; private init; }

    public static async Task<MeasuredGateway> StartAsync(Upstream upstream, int credentials, CancellationToken cancellationToken)
    {
        var executable = Environment.GetEnvironmentVariable("TOKENGATEWAY_EXE") ?? await Shell.PublishAsync("src/TokenGateway", "gateway", native: true, cancellationToken);
        var provider = await SimulatorHost.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromHours(1) }, cancellationToken: cancellationToken);
        var (port, management) = (Ports.Free(), Ports.Free());
        var folder = Directory.CreateDirectory(Path.Combine(upstream.Folder, $"gateway-{port}")).FullName;
        var configuration = Configurations.Gateway(folder, port, management, upstream.Plain, upstream.Tls, provider.BaseUrl, provider.IssueSeed().RefreshToken);
        var plum = configuration["TokenGateway"]!["Credentials"]!["plum"]!;
        for (var number = 1; number < credentials; number++)
        {
            var another = plum.DeepClone();
            another["RefreshToken"] = provider.IssueSeed().RefreshToken;
            configuration["TokenGateway"]!["Credentials"]![$"plum_{number}"] = another;
        }

        var file = upstream.Write($"gateway-{port}.json", configuration.ToJsonString());
        var ready = new Uri($"http://127.0.0.1:{management}/readyz");
        using (await Peer.StartAsync("cold", port, executable, ["run", "--config", file], cancellationToken))
        {
            await ReadyAsync(ready, cancellationToken);
        }

        var started = TimeProvider.System.GetTimestamp();
        var peer = await Peer.StartAsync("warm", port, executable, ["run", "--config", file], cancellationToken);
        await ReadyAsync(ready, cancellationToken);
        return new MeasuredGateway(provider, peer) { ReadyIn = TimeProvider.System.GetElapsedTime(started) };
    }

    public async ValueTask DisposeAsync()
    {
        Peer.Dispose();
        await _provider.DisposeAsync();
    }

    private static async Task ReadyAsync(Uri ready, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync(ready, cancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
        }
    }
}
