using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace TokenGateway.Hosting;

/// <summary>How strictly both listeners read, and how much of the process's time and memory one client can take. The README tells these numbers.</summary>
internal static class ListenerLimits
{
    /// <summary>More than enough for a service that waits for one rotation.</summary>
    private const int MostProxyConnections = 20_000;

    /// <summary>People, probes, scrapes and event streams.</summary>
    public const int ManagementConnections = 1_000;

    /// <summary>For the request line with all headers, from its first byte on.</summary>
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A management client has no reason to keep a silent connection; a thousand of them would keep the probes out.</summary>
    private static readonly TimeSpan ManagementKeepAlive = TimeSpan.FromSeconds(30);

    /// <summary>An HTTP/2 client that is gone without a word is found out.</summary>
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);

    /// <summary>A quarter of the file descriptors stays free for the API, the store, the journal and the provider: clients must not be able to stop a rotation.</summary>
    private static int ProxyConnections => OpenFiles.Limit() is { } limit && limit / 4 * 3 < MostProxyConnections ? limit / 4 * 3 : MostProxyConnections;

    public static void ApplyToProxy(KestrelServerOptions kestrel)
    {
        Apply(kestrel);
        kestrel.Limits.MaxConcurrentConnections = ProxyConnections;
        kestrel.Limits.MaxRequestBodySize = null; // Bodies stream through: how large they may be is the upstream's to say.
    }

    public static void ApplyToManagement(KestrelServerOptions kestrel, int largestBody)
    {
        Apply(kestrel);
        kestrel.Limits.MaxConcurrentConnections = ManagementConnections;
        kestrel.Limits.MaxRequestBodySize = largestBody;
        kestrel.Limits.KeepAliveTimeout = ManagementKeepAlive;
    }

    private static void Apply(KestrelServerOptions kestrel)
    {
        // A line that ends in a bare LF is two lines to one server and one to another. Kestrel has this as a switch only, which it reads once.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", isEnabled: true);
        kestrel.AddServerHeader = false;
        kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
        kestrel.Limits.Http2.KeepAlivePingDelay = PingDelay;
    }
}
