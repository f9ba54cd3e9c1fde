using TokenGateway.Hosting;
using TokenGateway.Tokens.Endpoint;
using Yarp.ReverseProxy.Forwarder;

namespace TokenGateway.Proxy;

/// <summary>
/// The end of the proxy's pipeline: sends the request, once more where its token was refused, and says so where the upstream gave no
/// response that could be passed on.
/// </summary>
internal static class Forwarding
{
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Features[typeof(UnauthorizedRetry)] is UnauthorizedRetry retry && !context.Response.HasStarted)
            {
                await retry.SendAgainAsync(context, next);
            }
        }
        finally
        {
            (context.Request.Body as ReplayableBody)?.Release();
        }

        if (context.Features[typeof(IForwarderErrorFeature)] is IForwarderErrorFeature failure && !context.Response.HasStarted
            && ProblemOf(failure, context.Response.StatusCode) is { } problem)
        {
            context.Response.Clear();
            await FailClosedResponse.WriteAsync(context, problem);
        }
    }

    /// <summary>Null where the client is the one who has failed.</summary>
    private static Problem? ProblemOf(IForwarderErrorFeature failure, int status) => failure.Error switch
    {
        ForwarderError.NoAvailableDestinations => Unreachable("No destination of the upstream is available", status, null),
        ForwarderError.RequestTimedOut => Unreachable("The upstream has not responded in time", status, TransportReason.Timeout),
        ForwarderError.ResponseHeaders => Invalid(status), // Kestrel does not take them over, as a Content-Length that is no number.
        ForwarderError.Request or ForwarderError.RequestBodyDestination when IsInvalidResponse(failure.Exception) => Invalid(status),
        ForwarderError.Request or ForwarderError.RequestBodyDestination =>
            Unreachable(
                "The upstream cannot be reached, or has closed the connection",
                status,
                failure.Exception is { } error ? TransportReason.OfCall(error) : null),
        _ => null,
    };

    private static Problem Invalid(int status) =>
        new("The upstream's response cannot be passed on: it is not valid HTTP", status, "upstream_invalid_response");

    private static Problem Unreachable(string title, int status, string? reason) => new(title, status, "upstream_unreachable", reason);

    private static bool IsInvalidResponse(Exception? error) =>
        error is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ResponseEnded or HttpRequestError.HttpProtocolError or HttpRequestError.VersionNegotiationError,
        }
        || (error is not null && TransportReason.OfCall(error) == TransportReason.Unreadable);
}
