using TokenGateway.Configuration;
using TokenGateway.Hosting;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Proxy;

/// <summary>Who may use the proxy: whoever reaches it gets the token's power.</summary>
internal sealed class InboundPolicy(SecretSet keys, bool allowAnonymous, TokenMetrics metrics)
{
    public const string HeaderName = "TokenGateway-Key";

    private volatile bool _allowAnonymous = allowAnonymous;

    /// <summary>Other keys, and perhaps another answer to callers without one, from now on.</summary>
    public void Apply(InboundSettings settings)
    {
        keys.Replace(settings.ApiKeys);
        _allowAnonymous = settings.AllowAnonymous;
    }

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var presented = context.Request.Headers[HeaderName];
        context.Request.Headers.Remove(HeaderName);
        if (keys.IsConfigured ? presented.Count == 1 && keys.Contains(presented[0]) : _allowAnonymous || IsLoopback(context.Connection))
        {
            return next(context);
        }

        return Refusal.WriteAsync(context, new Problem($"A valid {HeaderName} header is required", StatusCodes.Status403Forbidden, "inbound_key_required"), metrics);
    }

    /// <summary>Judged on every connection as well as at start, because Kestrel binds anew when <c>Kestrel:Endpoints</c> changes. A Unix socket has no address.</summary>
    private static bool IsLoopback(ConnectionInfo connection) =>
        connection.LocalIpAddress is null || Loopback.Is(connection.LocalIpAddress);
}
