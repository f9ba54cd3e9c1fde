using System.Net;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Telemetry;
using TokenGateway.Tokens.Validation;
using Yarp.ReverseProxy.Transforms;

namespace TokenGateway.Proxy;

/// <summary>
/// An upstream's 401 to a token of ours. Where the token turns out to be dead and the request can be sent again, the answer is dropped and <see cref="UnauthorizedRetry"/> sends
/// the request once more; otherwise the answer passes as it is, while a dead token is replaced behind it.
/// </summary>
internal sealed partial class UnauthorizedTransform(string credential, ITokenManager tokens, TokenMetrics metrics, ILogger<UnauthorizedTransform> logger) : ResponseTransform
{
    private const string Scheme = "Bearer ";

    public override ValueTask ApplyAsync(ResponseTransformContext context) =>
        context.ProxyResponse is { StatusCode: HttpStatusCode.Unauthorized } answer ? new ValueTask(ApplyAsync(context, answer)) : default;

    private async Task ApplyAsync(ResponseTransformContext context, HttpResponseMessage answer)
    {
        metrics.UpstreamUnauthorized(credential);
        var http = context.HttpContext;
        if (http.Features.Get<UnauthorizedRetry>() is not null || RefusedToken(answer) is not { } refused)
        {
            return; // Once is enough.
        }

        if (!Replay.IsPossible(http))
        {
            metrics.Retried(credential, RetryOutcome.NotReplayable);
            _ = RecoverAsync(refused, answer, CancellationToken.None);
            return;
        }

        if (await RecoverAsync(refused, answer, http.RequestAborted) is null)
        {
            metrics.Retried(credential, RetryOutcome.NoNewerToken);
            return;
        }

        http.Features.Set(new UnauthorizedRetry(credential, metrics));
        context.SuppressResponseBody = true;
    }

    /// <summary>A newer token, or null. Nothing that goes wrong here may turn the upstream's answer into another one.</summary>
    private async Task<AccessToken?> RecoverAsync(string refused, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            var refusal = BearerChallenge.SaysInvalidToken(answer) ? TokenRefusal.InvalidToken : TokenRefusal.Unexplained;
            return await tokens.RecoverAsync(credential, refused, refusal, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null; // The client has gone.
        }
        catch (Exception e)
        {
            UnauthorizedTransformLog.RecoveryFailed(logger, e, credential);
            return null;
        }
    }

    private static string? RefusedToken(HttpResponseMessage answer) =>
        answer.RequestMessage?.Headers.NonValidated.TryGetValues("Authorization", out var sent) == true && sent.ToString() is var value && value.StartsWith(Scheme, StringComparison.Ordinal)
            ? value[Scheme.Length..]
            : null;

    private static partial class UnauthorizedTransformLog
    {
        [LoggerMessage(EventIds.RecoveryFailed, LogLevel.Error, "Credential {Credential}: what to do about an upstream's 401 could not be found out; it is passed on.")]
        public static partial void RecoveryFailed(ILogger logger, Exception exception, string credential);
    }
}
