using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TokenGateway.Tokens.Health;

namespace TokenGateway.Tokens;

/// <summary>Adds the credentials to an application's health checks.</summary>
public static class TokenGatewayHealthChecksBuilderExtensions
{
    /// <summary>
    /// Healthy while every credential has a usable access token; degraded while one has, but its rotation is failing or in doubt; unhealthy when one has none. The description says what
    /// is wrong and what helps, the data hold each credential's state.
    /// </summary>
    /// <param name="builder">From <c>AddHealthChecks()</c>.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">What to report in the place of unhealthy.</param>
    /// <param name="tags">For filtering, as in <c>ready</c>.</param>
    public static IHealthChecksBuilder AddTokenGateway(
        this IHealthChecksBuilder builder, string name = "tokengateway", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name, provider => new TokenGatewayHealthCheck(provider.GetRequiredService<ITokenManager>()), failureStatus, tags));
    }
}
