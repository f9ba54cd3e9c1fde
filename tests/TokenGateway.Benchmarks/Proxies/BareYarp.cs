using System.Globalization;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary>A YARP that does nothing but put on a static header.</summary>
internal static class BareYarp
{
    public static Task<string> PublishAsync(bool native, CancellationToken cancellationToken) =>
        Shell.PublishAsync("tests/TokenGateway.BareYarp", native ? "bare-aot" : "bare-jit", native, cancellationToken);

    public static Task<Peer> StartAsync(
        string name, string executable, int port, Upstream upstream, string[] switches, IReadOnlyDictionary<string, string> environment, HttpClient client, CancellationToken cancellationToken,
        bool http2 = false)
    {
        var file = upstream.Write($"bare-{port}.json", Configurations.BareYarp(port, upstream.Plain, upstream.Tls, http2).ToJsonString());
        var allocated = new Uri($"http://127.0.0.1:{port}/allocated");
        return Peer.StartAsync(
            name, port, executable, [file, .. switches], cancellationToken,
            async cancelled => double.Parse(await client.GetStringAsync(allocated, cancelled), CultureInfo.InvariantCulture), environment);
    }
}
