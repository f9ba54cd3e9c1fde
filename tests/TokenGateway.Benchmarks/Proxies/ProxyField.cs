using TokenGateway.Testing;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary>All proxies before one upstream; the tokens of one of the two gateways are rotated every two seconds.</summary>
internal sealed class ProxyField : IAsyncDisposable
{
    public const string Rotating = "TokenGateway, rotating every 2 s";
    public const string AtRest = "TokenGateway, no rotation";
    public const string Bare = "bare YARP (AOT)";
    public const string Metered = "bare YARP (AOT) with the same meters";
    public const string Template = "YARP's template (JIT)";

    private readonly Upstream _upstream;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly List<MeasuredGateway> _gateways = [];
    private readonly List<Peer> _others = [];

    private ProxyField(Upstream upstream) => _upstream = upstream;

    public IReadOnlyList<Peer> Peers => [.. _gateways.Select(gateway => gateway.Peer), .. _others];

    /// <summary>Rotations so far.</summary>
    public long Rotations => _gateways.Sum(gateway => gateway.Rotations);

    public static async Task<ProxyField> StartAsync(CancellationToken cancellationToken)
    {
        await Shell.InstallPeersAsync(cancellationToken);
        var upstream = await Upstream.StartAsync(cancellationToken);
        var field = new ProxyField(upstream);
        try
        {
            var gateway = await MeasuredGateway.ExecutableAsync(cancellationToken);
            field._gateways.Add(await MeasuredGateway.StartAsync(Rotating, gateway, upstream, 1, cancellationToken));
            field._gateways.Add(await MeasuredGateway.StartAsync(AtRest, gateway, upstream, 1, cancellationToken));
            var bare = await BareYarp.PublishAsync(native: true, cancellationToken);
            await field.StartBareAsync(BareYarpSetting.AsTheGateway(Bare), bare, cancellationToken);
            await field.StartBareAsync(BareYarpSetting.AsTheGateway(Metered) with { Switches = ["--meters"] }, bare, cancellationToken);
            await field.StartBareAsync(new BareYarpSetting(Template) { Switches = ["--template"] }, await BareYarp.PublishAsync(native: false, cancellationToken), cancellationToken);
            await field.StartAsync(
                "nginx", port => ["-p", upstream.Folder, "-c", upstream.Write("nginx.conf", Configurations.Nginx(upstream.Folder, port, upstream.Plain, upstream.Tls))], cancellationToken);
            await field.StartAsync("HAProxy", port => ["-db", "-f", upstream.Write("haproxy.cfg", Configurations.Haproxy(port, upstream.Plain, upstream.Tls))], cancellationToken);
            return field;
        }
        catch
        {
            await field.DisposeAsync();
            throw;
        }
    }

    /// <summary>Begins the rotations of the gateway that rotates.</summary>
    public Task RotateAsync(CancellationToken cancellationToken) => _gateways[0].RotateAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
        {
            await gateway.DisposeAsync();
        }

        _others.ForEach(peer => peer.Dispose());
        _client.Dispose();
        _upstream.Dispose();
    }

    private async Task StartBareAsync(BareYarpSetting setting, string executable, CancellationToken cancellationToken) =>
        _others.Add(await BareYarp.StartAsync(setting, executable, _upstream, _client, cancellationToken));

    private async Task StartAsync(string name, Func<int, IEnumerable<string>> arguments, CancellationToken cancellationToken)
    {
        var port = Ports.Free();
        _others.Add(await Peer.StartAsync(name, port, name.ToLowerInvariant(), arguments(port), cancellationToken));
    }
}
