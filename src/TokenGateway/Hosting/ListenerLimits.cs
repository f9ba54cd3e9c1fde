using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace TokenGateway.Hosting;

/// <summary>How strictly both listeners read.</summary>
internal static class ListenerLimits
{
    public static void Apply(KestrelServerOptions kestrel)
    {
        // A line that ends in a bare LF is two lines to one server and one to another. Kestrel has this as a switch only, which it reads once.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", isEnabled: true);
        kestrel.AddServerHeader = false;
    }
}
