namespace TokenGateway.Proxy;

/// <summary>
/// Marks a request that is sent a second time because its token was refused, and sends it. It comes last in the proxy's pipeline, so that the second time it goes
/// to the same destination, and health checks see how it ended.
/// </summary>
internal sealed class UnauthorizedRetry
{
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Features.Get<UnauthorizedRetry>() is not null && !context.Response.HasStarted)
            {
                // YARP has copied the first answer's status and headers by now, and does not forward over a response that is set.
                context.Response.Clear();
                (context.Request.Body as ReplayableBody)?.Rewind();
                await next(context);
            }
        }
        finally
        {
            (context.Request.Body as ReplayableBody)?.Release();
        }
    }
}
