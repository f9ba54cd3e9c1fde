using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using TokenGateway.Tokens;

namespace MinimalApi;

/// <summary>Passes on why there is no token: 503 and <c>Retry-After</c> where waiting helps, else 502.</summary>
internal sealed class TokenUnavailableHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not TokenUnavailableException missing)
        {
            return false;
        }

        httpContext.Response.StatusCode = StatusCodes.Status502BadGateway;
        if (missing.RetryAfter is { } wait)
        {
            httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            httpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = { Title = "No token for the API", Detail = missing.Message, Extensions = { ["code"] = missing.Code.ToString() } },
        });
    }
}
