using TokenGateway.Hosting;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Proxy;

/// <summary>The answer to a request that is refused for what it is, whatever became of the token.</summary>
internal static class Refusal
{
    public static Task WriteAsync(HttpContext context, Problem problem, TokenMetrics metrics)
    {
        metrics.Refused(problem.Code);
        context.Response.Headers[FailClosedResponse.ErrorHeader] = problem.Code;
        return problem.WriteAsync(context.Response, context.RequestAborted);
    }
}
