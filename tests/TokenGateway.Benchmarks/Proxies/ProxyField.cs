using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using TokenGateway.Simulator;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary>All proxies before one upstream, and the provider whose tokens the gateway rotates every two seconds.</summary>
internal sealed class ProxyField : IAsyncDisposable
{
    public const string Gateway = "TokenGateway (AOT)";
    public const string Bare = "bare YARP (AOT)";

    private readonly string _folder = Directory.CreateTempSubdirectory("tokengateway-proxies-").FullName;
    private readonly List<Peer> _peers = [];
    private readonly int _plain = FreePort();
    private readonly int _tls = FreePort();
    private SimulatorHost? _provider;
    private Peer? _upstream;

    private ProxyField() { }

    public IReadOnlyList<Peer> Peers => _peers;

    /// <summary>Rotations so far.</summary>
    public long Rotations => _provider!.Counters.Rotations;

    public static async Task<ProxyField> StartAsync(CancellationToken cancellationToken)
    {
        await Shell.InstallPeersAsync(cancellationToken);
        var field = new ProxyField();
        try
        {
            await field.StartUpstreamAsync(cancellationToken);
            await field.StartGatewayAsync(cancellationToken);
            await field.StartBareAsync(Bare, native: true, cancellationToken);
            await field.StartBareAsync("bare YARP (JIT)", native: false, cancellationToken);
            await field.StartAsync("nginx", "nginx", port => ["-p", field._folder, "-c", field.Write("nginx.conf", Configurations.Nginx(field._folder, port, field._plain, field._tls))], cancellationToken);
            await field.StartAsync("HAProxy", "haproxy", port => ["-db", "-f", field.Write("haproxy.cfg", Configurations.Haproxy(port, field._plain, field._tls))], cancellationToken);
            return field;
        }
        catch
        {
            await field.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _peers.ForEach(peer => peer.Dispose());
        _upstream?.Dispose();
        await (_provider?.DisposeAsync() ?? ValueTask.CompletedTask);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartUpstreamAsync(CancellationToken cancellationToken)
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=upstream", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        Write("certificate.pem", certificate.ExportCertificatePem());
        Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        Write("payload.json", new JsonObject { ["filler"] = new string('x', 10_240) }.ToJsonString());
        _upstream = await Peer.StartAsync("upstream", _plain, "nginx", ["-p", _folder, "-c", Write("upstream.conf", Configurations.Upstream(_folder, _plain, _tls))], cancellationToken);
    }

    /// <summary>Twice, because the first start fills the store: what is measured is a start with a warm one.</summary>
    private async Task StartGatewayAsync(CancellationToken cancellationToken)
    {
        var executable = Environment.GetEnvironmentVariable("TOKENGATEWAY_EXE") ?? await Shell.PublishAsync("src/TokenGateway", "gateway", native: true, cancellationToken);
        _provider = await SimulatorHost.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromHours(1) }, cancellationToken: cancellationToken);
        var port = FreePort();
        var file = Write("gateway.json", Configurations.Gateway(_folder, port, _plain, _tls, _provider.BaseUrl, _provider.IssueSeed().RefreshToken).ToJsonString());
        using (await Peer.StartAsync("cold", port, executable, ["run", "--config", file], cancellationToken))
        {
            // With a token that lives, as after any restart; from the next rotation on they live for two seconds.
        }

        _provider.Options = _provider.Options with { AccessTokenLifetime = TimeSpan.FromSeconds(2) };
        _peers.Add(await Peer.StartAsync(Gateway, port, executable, ["run", "--config", file], cancellationToken));
    }

    private async Task StartBareAsync(string name, bool native, CancellationToken cancellationToken)
    {
        var executable = await Shell.PublishAsync("tests/TokenGateway.BareYarp", native ? "bare-aot" : "bare-jit", native, cancellationToken);
        await StartAsync(name, executable, port => [Write($"bare-{native}.json", Configurations.BareYarp(port, _plain, _tls).ToJsonString())], cancellationToken);
    }

    private async Task StartAsync(string name, string program, Func<int, IEnumerable<string>> arguments, CancellationToken cancellationToken)
    {
        var port = FreePort();
        _peers.Add(await Peer.StartAsync(name, port, program, arguments(port), cancellationToken));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
