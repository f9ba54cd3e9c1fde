using TokenGateway.Tokens;
using TokenGateway.Tokens.Delivery;
using TokenGateway.Tokens.Telemetry;
using Yarp.ReverseProxy.Transforms;

namespace TokenGateway.Proxy;

/// <summary>
/// An upstream's refusal of a token of ours: a 401, or one of the credential's <c>ExpiredResponses</c>. Where the token turns out to be
/// dead and the request can be sent again, the response is dropped and <see cref="UnauthorizedRetry"/> sends the request once more;
/// otherwise the response passes as it is, while a dead token is replaced behind it.
/// </summary>
internal sealed partial class UnauthorizedTransform(
    RouteToken route, ITokenManager tokens, TokenMetrics metrics, TimeProvider time, ILogger<UnauthorizedTransform> logger) : ResponseTransform
{
    public override ValueTask ApplyAsync(ResponseTransformContext context) =>
        context.ProxyResponse is { } response && route.Delivery is var delivery && RefusalReader.MayRefuse(response, delivery)
            ? new ValueTask(ApplyAsync(context, response, delivery))
            : default;

    private async Task ApplyAsync(ResponseTransformContext context, HttpResponseMessage response, TokenDelivery delivery)
    {
        var http = context.HttpContext;
        if (await RefusalReader.ReadAsync(response, delivery, time, http.RequestAborted) is not { } refusal)
        {
            return;
        }

        metrics.UpstreamUnauthorized(route.Credential);
        if (http.Features.Get<UnauthorizedRetry>() is { } retry)
        {
            retry.WasRefused = true; // Once is enough.
            return;
        }

        if (route.SentWith(response.RequestMessage, delivery) is not { } refused)
        {
            return;
        }

        if (!Replay.IsPossible(http))
        {
            metrics.Retried(route.Credential, RetryOutcome.NotReplayable);
            _ = RecoverAsync(refused, refusal, CancellationToken.None);
            return;
        }

        if (await RecoverAsync(refused, refusal, http.RequestAborted) is null)
        {
            metrics.Retried(route.Credential, RetryOutcome.NoNewerToken);
            return;
        }

        http.Features.Set(new UnauthorizedRetry(route.Credential, metrics));
        context.SuppressResponseBody = true;
    }

    /// <summary>A newer token, or null. Nothing that goes wrong here may turn the upstream's response into another one.</summary>
    private async Task<AccessToken?> RecoverAsync(string refused, TokenRefusal refusal, CancellationToken cancellationToken)
    {
        try
        {
            return await tokens.RecoverAsync(route.Credential, refused, refusal, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null; // The client has gone.
        }
        catch (Exception e)
        {
            UnauthorizedTransformLog.RecoveryFailed(logger, e, route.Credential);
            return null;
        }
    }

    private static partial class UnauthorizedTransformLog
    {
        [LoggerMessage(EventIds.RecoveryFailed, LogLevel.Error, "Credential {Credential}: what to do about an upstream's 401 could not be found out; it is passed on.")]
        public static partial void RecoveryFailed(ILogger logger, Exception exception, string credential);
    }
}
