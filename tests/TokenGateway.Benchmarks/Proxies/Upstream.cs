using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using TokenGateway.Testing;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary>One nginx behind all proxies, over HTTP and HTTPS, and the folder that the whole field writes to.</summary>
internal sealed class Upstream : IDisposable
{
    private Peer? _server;

    public string Folder { get; } = Directory.CreateTempSubdirectory("tokengateway-proxies-").FullName;

    public int Plain { get; } = Ports.Free();

    public int Tls { get; } = Ports.Free();

    public static async Task<Upstream> StartAsync(CancellationToken cancellationToken)
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=upstream", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var upstream = new Upstream();
        upstream.Write("certificate.pem", certificate.ExportCertificatePem());
        upstream.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        upstream.Write("payload.json", new JsonObject { ["filler"] = new string('x', 10_240) }.ToJsonString());
        var configuration = upstream.Write("upstream.conf", Configurations.Upstream(upstream.Folder, upstream.Plain, upstream.Tls));
        upstream._server = await Peer.StartAsync("upstream", upstream.Plain, "nginx", ["-p", upstream.Folder, "-c", configuration], cancellationToken);
        return upstream;
    }

    /// <returns>The file's path.</returns>
    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        _server?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
