using TokenGateway.Tokens;
using TokenGateway.Tokens.Telemetry;
using Yarp.ReverseProxy.Transforms;

namespace TokenGateway.Proxy;

/// <summary>Sends a request with the credential's token, and none of the client's own credentials, or not at all.</summary>
/// <remarks>
/// The hot path, which waits for nothing and allocates nothing but the header:
/// (1) the token is read from memory, (2) the client's credentials are dropped and the ready-made header is set (<see cref="RouteToken"/>),
/// (3) a small body is kept while it passes, in case that the upstream answers 401.
/// Every other way out writes a response, after which YARP does not forward.
/// </remarks>
internal sealed partial class BearerTokenTransform(RouteToken route, ITokenManager tokens, TokenMetrics metrics, ILogger<BearerTokenTransform> logger) : RequestTransform
{
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        if (AllowedMethods.IsEcho(context.HttpContext.Request.Method))
        {
            context.HttpContext.Response.Headers.Allow = AllowedMethods.Value;
            context.HttpContext.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return default;
        }

        ValueTask<TokenResult> pending;
        try
        {
            pending = tokens.GetTokenAsync(route.Credential, context.CancellationToken); // (1)
        }
        catch (Exception e)
        {
            return new ValueTask(FailAsync(context, e));
        }

        return pending.IsCompletedSuccessfully ? ApplyAsync(context, pending.Result) : WaitAsync(context, pending);
    }

    private async ValueTask WaitAsync(RequestTransformContext context, ValueTask<TokenResult> pending)
    {
        TokenResult result;
        try
        {
            result = await pending;
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            throw; // The client has gone, or YARP's own timeout has passed; YARP answers for both.
        }
        catch (Exception e)
        {
            await FailAsync(context, e);
            return;
        }

        await ApplyAsync(context, result);
    }

    private ValueTask ApplyAsync(RequestTransformContext context, TokenResult result)
    {
        if (result.Token is not { } token)
        {
            return new ValueTask(RefuseAsync(context, result.Failure!));
        }

        var delivery = route.Delivery;
        route.Set(context.ProxyRequest, token, delivery); // (2)
        Replay.Prepare(context.HttpContext, delivery.ReplayBodyLimit); // (3)
        return default;
    }

    private Task FailAsync(RequestTransformContext context, Exception exception)
    {
        BearerTokenTransformLog.TokenLookupFailed(logger, exception, route.Credential);
        return RefuseAsync(context, new TokenFailure(
            route.Credential, TokenFailureCode.TokenUnavailable, "The token could not be read; the gateway's log says why.", TimeSpan.FromSeconds(1)));
    }

    private Task RefuseAsync(RequestTransformContext context, TokenFailure failure)
    {
        metrics.Refused(route.Credential, failure.Code);
        BearerTokenTransformLog.RequestRefused(logger, route.Credential, failure.Code, failure.Message);
        return FailClosedResponse.WriteAsync(context.HttpContext, failure);
    }

    private static partial class BearerTokenTransformLog
    {
        [LoggerMessage(EventIds.TokenLookupFailed, LogLevel.Error, "Credential {Credential}: the token could not be read; the request is not forwarded.")]
        public static partial void TokenLookupFailed(ILogger logger, Exception exception, string credential);

        // Debug: at 10,000 requests a second the credential's own state is the alarm, not each refusal.
        [LoggerMessage(EventIds.RequestRefused, LogLevel.Debug, "Credential {Credential}: request refused with {Code}: {Reason}")]
        public static partial void RequestRefused(ILogger logger, string credential, TokenFailureCode code, string reason);
    }
}
