using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace TokenGateway.Proxy;

/// <summary>Which requests can be sent a second time, and how they are made so.</summary>
internal static class Replay
{
    /// <summary>Keeps a body while it passes, where its length is known and at most <paramref name="limit"/> bytes.</summary>
    public static void Prepare(HttpContext context, int limit)
    {
        var request = context.Request;
        if (request.ContentLength is { } length && length > 0 && length <= limit && request.Body is not ReplayableBody && !IsStream(request))
        {
            request.Body = new ReplayableBody(request.Body, (int)length);
        }
    }

    /// <summary>True where there is no body, or one that was kept.</summary>
    public static bool IsPossible(HttpContext context) =>
        !IsStream(context.Request)
        && (context.Request.Body is ReplayableBody || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false });

    /// <summary>WebSockets and gRPC: who speaks those knows best what to repeat.</summary>
    private static bool IsStream(HttpRequest request) =>
        FailClosedResponse.IsGrpc(request)
        || string.Equals(request.Headers[HeaderNames.Upgrade], "websocket", StringComparison.OrdinalIgnoreCase)
        || request.HttpContext.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };
}
