using System.Globalization;
using TokenGateway.Simulator;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary>All proxies before one upstream, and the provider whose tokens one of the gateways rotates every two seconds.</summary>
internal sealed class ProxyField : IAsyncDisposable
{
    public const string Rotating = "TokenGateway, rotating every 2 s";
    public const string AtRest = "TokenGateway, no rotation";
    public const string Bare = "bare YARP (AOT)";
    public const string Template = "YARP's template (JIT)";

    private readonly Upstream _upstream;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly List<Peer> _peers = [];
    private readonly List<SimulatorHost> _providers = [];
    private readonly List<Uri> _management = [];

    private ProxyField(Upstream upstream) => _upstream = upstream;

    public IReadOnlyList<Peer> Peers => _peers;

    /// <summary>Rotations so far.</summary>
    public long Rotations => _providers.Sum(provider => provider.Counters.Rotations);

    public static async Task<ProxyField> StartAsync(CancellationToken cancellationToken)
    {
        await Shell.InstallPeersAsync(cancellationToken);
        var field = new ProxyField(await Upstream.StartAsync(cancellationToken));
        try
        {
            var gateway = Environment.GetEnvironmentVariable("TOKENGATEWAY_EXE") ?? await Shell.PublishAsync("src/TokenGateway", "gateway", native: true, cancellationToken);
            await field.StartGatewayAsync(Rotating, gateway, cancellationToken);
            await field.StartGatewayAsync(AtRest, gateway, cancellationToken);
            await field.StartBareAsync(Bare, await BareYarp.PublishAsync(native: true, cancellationToken), [], cancellationToken);
            await field.StartBareAsync(Template, await BareYarp.PublishAsync(native: false, cancellationToken), ["--template"], cancellationToken);
            await field.StartAsync("nginx", "nginx", port => ["-p", field._upstream.Folder, "-c", field._upstream.Write("nginx.conf", Configurations.Nginx(field._upstream.Folder, port, field._upstream.Plain, field._upstream.Tls))], cancellationToken);
            await field.StartAsync("HAProxy", "haproxy", port => ["-db", "-f", field._upstream.Write("haproxy.cfg", Configurations.Haproxy(port, field._upstream.Plain, field._upstream.Tls))], cancellationToken);
            return field;
        }
        catch
        {
            await field.DisposeAsync();
            throw;
        }
    }

    /// <summary>From now on tokens live for two seconds, those of the gateway that rotates; the first such rotation is asked for, since its token would live for an hour.</summary>
    public async Task RotateAsync(CancellationToken cancellationToken)
    {
        _providers[0].Options = _providers[0].Options with { AccessTokenLifetime = TimeSpan.FromSeconds(2) };
        using var answer = await _client.PostAsync(new Uri(_management[0], "/api/credentials/plum/rotate?force=true"), null, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _peers.ForEach(peer => peer.Dispose());
        foreach (var provider in _providers)
        {
            await provider.DisposeAsync();
        }

        _client.Dispose();
        _upstream.Dispose();
    }

    /// <summary>Twice, because the first start fills the store: what is measured is a start with a warm one.</summary>
    private async Task StartGatewayAsync(string name, string executable, CancellationToken cancellationToken)
    {
        var provider = await SimulatorHost.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromHours(1) }, cancellationToken: cancellationToken);
        _providers.Add(provider);
        var (port, management) = (Ports.Free(), new Uri($"http://127.0.0.1:{Ports.Free()}"));
        _management.Add(management);
        var folder = Directory.CreateDirectory(Path.Combine(_upstream.Folder, $"gateway-{_providers.Count}")).FullName;
        var file = _upstream.Write(
            $"gateway-{_providers.Count}.json",
            Configurations.Gateway(folder, port, management.Port, _upstream.Plain, _upstream.Tls, provider.BaseUrl, provider.IssueSeed().RefreshToken).ToJsonString());
        using (await Peer.StartAsync("cold", port, executable, ["run", "--config", file], cancellationToken))
        {
        }

        _peers.Add(await Peer.StartAsync(name, port, executable, ["run", "--config", file], cancellationToken, cancelled => AllocatedAsync(management, cancelled)));
    }

    private async Task StartBareAsync(string name, string executable, string[] switches, CancellationToken cancellationToken)
    {
        var port = Ports.Free();
        _peers.Add(await BareYarp.StartAsync(name, executable, port, _upstream, switches, new Dictionary<string, string>(StringComparer.Ordinal), _client, cancellationToken));
    }

    private async Task StartAsync(string name, string program, Func<int, IEnumerable<string>> arguments, CancellationToken cancellationToken)
    {
        var port = Ports.Free();
        _peers.Add(await Peer.StartAsync(name, port, program, arguments(port), cancellationToken));
    }

    private async Task<double> AllocatedAsync(Uri management, CancellationToken cancellationToken)
    {
        var metrics = await _client.GetStringAsync(new Uri(management, "/metrics"), cancellationToken);
        var line = metrics.Split('\n').Single(text => text.StartsWith("dotnet_gc_heap_total_allocated_bytes_total", StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
