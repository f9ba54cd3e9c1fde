using System.Security.Cryptography.X509Certificates;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>How the certificates of a server that is called are looked at.</summary>
internal static class ServerCertificates
{
    /// <summary>
    /// What a server has left out of its chain is not fetched from the address that its certificate names (RFC 5280, 4.2.2.1). Said here, as runtimes differ in what they do by themselves: it
    /// would be a call to wherever somebody says whom nobody trusts yet, and one that blocks a thread for up to 15 s.
    /// </summary>
    public static X509ChainPolicy Policy { get; } = new() { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
}
