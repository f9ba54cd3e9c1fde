using Microsoft.Extensions.Diagnostics.HealthChecks;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Health;

/// <summary>Every credential of this process, as one check. A read of memory: a store or provider that is away never slows it.</summary>
internal sealed class TokenGatewayHealthCheck(ITokenManager tokens) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var credentials = tokens.Credentials.Order(StringComparer.Ordinal).Select(tokens.GetStatus).ToDictionary(status => status.Name, StringComparer.Ordinal);
        var health = credentials.ToDictionary(credential => credential.Key, credential => CredentialHealth.Of(credential.Value), StringComparer.Ordinal);
        var worst = CredentialHealth.Worst(health.Values.Select(one => one.Status));
        var problems = string.Join(' ', health.Where(one => one.Value.Description is not null).Select(one => $"{one.Key}: {one.Value.Description}"));
        return Task.FromResult(new HealthCheckResult(
            worst == HealthStatus.Unhealthy ? context.Registration.FailureStatus : worst,
            problems.Length == 0 ? null : problems,
            data: credentials.ToDictionary(credential => credential.Key, object (credential) => Labels.Of(credential.Value.State), StringComparer.Ordinal)));
    }
}
