using System.Net;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// The machine's proxy, for HTTPS only: through a CONNECT tunnel a proxy cannot repeat or read a request, in the clear it can do both.
/// </summary>
internal sealed class TunnelOnlyProxy(IWebProxy proxy) : IWebProxy
{
    public ICredentials? Credentials
    {
        get => proxy.Credentials;
        set => proxy.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : proxy.GetProxy(destination);

    public bool IsBypassed(Uri host) => !string.Equals(host.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal) || proxy.IsBypassed(host);
}
