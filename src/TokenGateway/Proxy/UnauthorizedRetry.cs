using TokenGateway.Tokens.Telemetry;
using Yarp.ReverseProxy.Forwarder;

namespace TokenGateway.Proxy;

/// <summary>
/// Marks a request that is sent a second time because its token was refused, and sends it, at the end of the proxy's pipeline (<see cref="Forwarding"/>): the second time it goes to the same
/// destination, and health checks see how it ended.
/// </summary>
internal sealed class UnauthorizedRetry(string credential, TokenMetrics metrics)
{
    /// <summary>True when the second attempt was refused as well.</summary>
    public bool WasRefused { get; set; }

    public async Task SendAgainAsync(HttpContext context, RequestDelegate next)
    {
        // YARP has copied the first answer's status and headers by now, and does not forward over a response that is set.
        context.Response.Clear();
        (context.Request.Body as ReplayableBody)?.Rewind();
        await next(context);
        metrics.Retried(credential, OutcomeOf(context));
    }

    private RetryOutcome OutcomeOf(HttpContext context) =>
        context.Features.Get<IForwarderErrorFeature>() is not null || context.Response.Headers.ContainsKey(FailClosedResponse.ErrorHeader) ? RetryOutcome.Failed
        : WasRefused ? RetryOutcome.Unauthorized
        : RetryOutcome.Succeeded;
}
