using System.Globalization;
using TokenGateway.Testing;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary>A YARP that does nothing but put on a static header.</summary>
internal static class BareYarp
{
    public static Task<string> PublishAsync(bool native, CancellationToken cancellationToken) =>
        Shell.PublishAsync("tests/TokenGateway.BareYarp", native ? "bare-aot" : "bare-jit", native, cancellationToken);

    public static Task<Peer> StartAsync(BareYarpSetting setting, string executable, Upstream upstream, HttpClient client, CancellationToken cancellationToken)
    {
        var port = Ports.Free();
        var file = upstream.Write($"bare-{port}.json", Configurations.BareYarp(port, upstream.Plain, upstream.Tls, setting.Http2).ToJsonString());
        var allocated = new Uri($"http://127.0.0.1:{port}/allocated");
        return Peer.StartAsync(
            setting.Name, port, executable, [file, .. setting.Switches], cancellationToken,
            async cancelled => double.Parse(await client.GetStringAsync(allocated, cancelled), CultureInfo.InvariantCulture), [.. setting.Environment, upstream.Trust]);
    }
}
