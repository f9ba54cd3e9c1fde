using System.Security.Cryptography.X509Certificates;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>How the certificates of a server that is called are looked at.</summary>
internal static class ServerCertificates
{
    /// <summary>
    /// As .NET does, save that a certificate which the server has left out of its chain is not fetched from the address that another one names (RFC 5280, 4.2.2.1): that is a call to wherever
    /// a server says that nobody trusts yet, and one that blocks a thread for up to 15 s.
    /// </summary>
    public static X509ChainPolicy Policy { get; } = new() { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck, RevocationFlag = X509RevocationFlag.ExcludeRoot };
}
