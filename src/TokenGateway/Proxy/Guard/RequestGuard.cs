using Microsoft.AspNetCore.Http.Features;
using TokenGateway.Hosting;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Proxy.Guard;

/// <summary>Refuses requests that two servers could read in two ways, before anything else looks at them, and takes out what a client says to the gateway only.</summary>
/// <remarks>
/// It stands on the hot path and allocates nothing for an honest request: (1) no tunnel, (2) one length, (3) no hidden way up in the path, (4) headers for this hop
/// only are dropped. Kestrel has refused what is no HTTP at all before.
/// </remarks>
internal sealed class RequestGuard(TokenMetrics metrics)
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (HttpMethods.IsConnect(request.Method) && context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true }) // (1)
        {
            return RefuseTunnelAsync(context);
        }

        if (RequestFraming.IsAmbiguous(request)) // (2)
        {
            return RefuseAsync(context, "ambiguous_request", "The request's length is given twice, or in a way that is not understood");
        }

        if (context.Features[typeof(IHttpRequestFeature)] is IHttpRequestFeature raw && RequestTarget.HidesWayUp(raw.RawTarget)) // (3)
        {
            return RefuseAsync(context, "unsafe_path", "The path holds an encoded .. or a control character");
        }

        HopByHopHeaders.Drop(request.Headers); // (4)
        return next(context);
    }

    private Task RefuseTunnelAsync(HttpContext context)
    {
        context.Response.Headers.Allow = AllowedMethods.Value;
        return RefuseAsync(context, "method_not_allowed", "The gateway is no tunnel", StatusCodes.Status405MethodNotAllowed);
    }

    /// <summary>What else comes on this connection could be a part of the request that was refused: it is closed.</summary>
    private Task RefuseAsync(HttpContext context, string code, string title, int status = StatusCodes.Status400BadRequest)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }

        return Refusal.WriteAsync(context, new Problem(title, status, code), metrics);
    }
}
