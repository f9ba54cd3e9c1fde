using TokenGateway.Configuration;
using TokenGateway.Hosting;
using TokenGateway.Proxy.Guard;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Proxy;

/// <summary>Who may use the proxy: whoever reaches it gets the token's power. Where keys are configured, who has one; else who is on this machine, and no web page.</summary>
internal sealed class InboundPolicy(SecretSet keys, InboundSettings settings, TokenMetrics metrics)
{
    public const string HeaderName = "TokenGateway-Key";

    private volatile bool _allowAnonymous = settings.AllowAnonymous;
    private volatile BrowserCheck _browsers = new(settings.AllowedHosts);

    /// <summary>Other keys, and perhaps another answer to callers without one, from now on.</summary>
    public void Apply(InboundSettings settings)
    {
        keys.Replace(settings.ApiKeys);
        _allowAnonymous = settings.AllowAnonymous;
        _browsers = new BrowserCheck(settings.AllowedHosts);
    }

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var presented = context.Request.Headers[HeaderName];
        context.Request.Headers.Remove(HeaderName);
        var problem = keys.IsConfigured
            ? (presented.Count == 1 && keys.Contains(presented[0]) ? null : KeyRequired())
            : RefuseKeyless(context);
        return problem is null ? next(context) : Refusal.WriteAsync(context, problem, metrics);
    }

    /// <summary>Judged on every connection as well as at start, because Kestrel binds anew when <c>Kestrel:Endpoints</c> changes. A Unix socket has no address, and no browser.</summary>
    private Problem? RefuseKeyless(HttpContext context)
    {
        if (context.Connection.LocalIpAddress is not { } address)
        {
            return null;
        }

        var isLoopback = Loopback.Is(address);
        return isLoopback || _allowAnonymous ? _browsers.Refuse(context.Request, isLoopback) : KeyRequired();
    }

    private static Problem KeyRequired() => new($"A valid {HeaderName} header is required", StatusCodes.Status403Forbidden, "inbound_key_required");
}
