using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TokenGateway.Tokens.Health;

/// <summary>How well a credential is. The gateway's <c>/healthz</c> and a service's health check judge alike.</summary>
/// <param name="Status">Degraded while a token lives and something is wrong, as a rotation that fails or is in doubt; unhealthy when there is no usable one.</param>
/// <param name="Description">What is wrong and what helps; null when nothing is.</param>
internal sealed record CredentialHealth(HealthStatus Status, string? Description)
{
    public static CredentialHealth Of(CredentialStatus status) => new(
        !status.Usable ? HealthStatus.Unhealthy : status.Problem is not null ? HealthStatus.Degraded : HealthStatus.Healthy,
        status.Problem ?? (status.Usable ? null : "No usable access token."));

    /// <summary>The worst of them; healthy where there is none.</summary>
    public static HealthStatus Worst(IEnumerable<HealthStatus> all) => all.DefaultIfEmpty(HealthStatus.Healthy).Min();
}
