using System.Net;
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
        var request = new CertificateRequest("CN=upstream", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var upstream = new Upstream();
        upstream.Write("certificate.pem", certificate.ExportCertificatePem());
        upstream.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        upstream.Write("payload.json", new JsonObject { ["filler"] = new string('x', 10_240) }.ToJsonString());
        var configuration = upstream.Write("upstream.conf", Configurations.Upstream(upstream.Folder, upstream.Plain, upstream.Tls));
        upstream._server = await Peer.StartAsync("upstream", upstream.Plain, "nginx", ["-p", upstream.Folder, "-c", configuration], cancellationToken);
        return upstream;
    }

    /// <summary>Lets a process of .NET trust the upstream's certificate.</summary>
    public KeyValuePair<string, string> Trust => new("SSL_CERT_FILE", Path.Combine(Folder, "certificate.pem"));

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
