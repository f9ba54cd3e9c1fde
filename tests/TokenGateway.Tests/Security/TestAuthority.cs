using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TokenGateway.Tests.Security;

/// <summary>An authority that a gateway is told to trust (<c>SSL_CERT_FILE</c>), and what it signs: good certificates and bad ones.</summary>
internal sealed class TestAuthority : IDisposable
{
    public const string Host = "localhost";

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    public TestAuthority()
    {
        _certificate = RequestOfAuthority("TokenGateway test authority", _key).CreateSelfSigned(Now.AddYears(-3), Now.AddYears(3));
    }

    public string Pem => _certificate.ExportCertificatePem();

    public X509Certificate2 Good() => Sign(Host, Now.AddDays(-1), Now.AddDays(1));

    /// <summary>Good, but signed by an authority between, whose certificate a server may leave out: the address where it can be fetched stands in it.</summary>
    public X509Certificate2 Indirect(string issuerUrl, out X509Certificate2 issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = RequestOfAuthority("TokenGateway test authority between", key).Create(_certificate, Now.AddDays(-2), Now.AddDays(2), RandomNumberGenerator.GetBytes(8));
        issuer = signed.CopyWithPrivateKey(key);
        return Sign(issuer, Host, Now.AddDays(-1), Now.AddDays(1), new X509AuthorityInformationAccessExtension(ocspUris: null, caIssuersUris: [issuerUrl]));
    }

    /// <summary>Wrong in one thing only.</summary>
    public X509Certificate2 Bad(string flaw) => flaw switch
    {
        "of another host" => Sign("other.example", Now.AddDays(-1), Now.AddDays(1)),
        "expired" => Sign(Host, Now.AddDays(-2), Now.AddDays(-1)),
        "not yet valid" => Sign(Host, Now.AddDays(1), Now.AddDays(2)),
        "of an unknown authority" => SignByAnother(),
        _ => throw new ArgumentOutOfRangeException(nameof(flaw)),
    };

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    private static CertificateRequest RequestOfAuthority(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    private static X509Certificate2 SignByAnother()
    {
        using var another = new TestAuthority();
        return another.Good();
    }

    private X509Certificate2 Sign(string host, DateTimeOffset from, DateTimeOffset to) => Sign(_certificate, host, from, to);

    private static X509Certificate2 Sign(X509Certificate2 issuer, string host, DateTimeOffset from, DateTimeOffset to, params X509Extension[] extensions)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        Array.ForEach(extensions, request.CertificateExtensions.Add);
        using var signed = request.Create(issuer, from, to, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
