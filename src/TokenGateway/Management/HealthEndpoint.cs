using Microsoft.Extensions.Diagnostics.HealthChecks;
using TokenGateway.Hosting;
using TokenGateway.Tokens;

namespace TokenGateway.Management;

/// <summary><c>/healthz</c>: 200 while everything can be served, however badly; 503 when a credential cannot.</summary>
internal sealed class HealthEndpoint(ITokenManager tokens, ConfigurationHealth configuration, TimeProvider time)
{
    public const string Path = "/healthz";

    public void Map(IEndpointRouteBuilder routes) => routes.MapRead(Path, WriteAsync);

    private Task WriteAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        var report = HealthReport.Of(tokens.Credentials.Select(tokens.GetStatus), configuration, () => time.GetElapsedTime(started));
        context.Response.StatusCode = report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        return context.Response.WriteAsJsonAsync(report, ManagementJson.Default.HealthReport, cancellationToken: context.RequestAborted);
    }
}
