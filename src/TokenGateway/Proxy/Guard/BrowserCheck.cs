using Microsoft.Extensions.Primitives;
using TokenGateway.Hosting;

namespace TokenGateway.Proxy.Guard;

/// <summary>
/// A web page from anywhere can make the browser of a user of this machine call the gateway, under a name of the page's own too (DNS rebinding). A browser says by headers that no page can
/// change for whom it calls: such calls are refused where no key guards the proxy.
/// </summary>
/// <param name="allowedHosts">Names beside loopback's own that a caller may use, or come from: <c>gateway.example.com</c>, <c>*.example.com</c>; <c>*</c> ends the check.</param>
internal sealed class BrowserCheck(IReadOnlyList<string> allowedHosts)
{
    private readonly bool _isOff = allowedHosts.Contains("*", StringComparer.Ordinal);
    private readonly List<StringSegment> _allowed = [.. allowedHosts.Select(host => new StringSegment(host))];

    /// <summary>The same callers say the same name again and again.</summary>
    private volatile string? _lastHost;

    /// <param name="request">The request.</param>
    /// <param name="isLoopback">Came to a loopback address: then its <c>Host</c> is one of loopback's. Other addresses have names that nobody here knows.</param>
    /// <returns>Why the request is refused; null where it is not.</returns>
    public Problem? Refuse(HttpRequest request, bool isLoopback)
    {
        if (_isOff)
        {
            return null;
        }

        if (isLoopback && !IsAllowed(request.Host))
        {
            return new Problem("The Host header is not a name of this machine's loopback", StatusCodes.Status403Forbidden, "host_not_allowed",
                "Callers that use another name need TokenGateway:Inbound:AllowedHosts, or a key (TokenGateway:Inbound:ApiKeys).");
        }

        return IsCrossOrigin(request)
            ? new Problem("Calls of web pages from another origin are refused", StatusCodes.Status403Forbidden, "cross_origin",
                "Where such a page may call, name its host in TokenGateway:Inbound:AllowedHosts.")
            : null;
    }

    /// <summary>Without a Host (HTTP/1.0) it is no browser.</summary>
    private bool IsAllowed(HostString host)
    {
        if (!host.HasValue || string.Equals(host.Value, _lastHost, StringComparison.Ordinal))
        {
            return true;
        }

        if (!Loopback.IsHost(host) && !IsListed(host))
        {
            return false;
        }

        _lastHost = host.Value;
        return true;
    }

    private bool IsListed(HostString host) => _allowed.Count > 0 && HostString.MatchesAny(host.Host, _allowed);

    private bool IsCrossOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        return origin.Count > 0
            ? !IsOwn(origin.ToString(), request.Host)
            : string.Equals(request.Headers["Sec-Fetch-Site"], "cross-site", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The scheme is left out: behind something that ends TLS, the origin's is not the request's.</summary>
    private bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page)
        && (string.Equals(page.Authority, host.Value, StringComparison.OrdinalIgnoreCase) || IsListed(new HostString(page.Host)));
}
