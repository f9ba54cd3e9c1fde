using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Rotation;

/// <summary>How a credential stands, for people and probes. No secret is in it.</summary>
internal sealed class CredentialReporter(CredentialSettings settings, EngineContext engine, CredentialMemory memory, RotationPlan plan, NextAttempt next, FallbackDuty fallback, KeptResponses kept, RotationHistory history)
{
    /// <summary>What this process knows: a read of memory.</summary>
    public CredentialStatus Status()
    {
        var view = memory.View;
        var now = engine.Time.GetUtcNow();
        var state = StatusText.StateOf(view, settings, now);
        return new CredentialStatus
        {
            Name = settings.Name,
            Grant = settings.GrantType,
            State = state,
            Usable = memory.IsUsable,
            Loaded = view.Loaded,
            RequiredForReadiness = settings.RequiredForReadiness,
            OffersLogin = settings.OffersLogin,
            Generation = view.Record?.Generation ?? 0,
            IssuedAt = view.Record?.AccessToken is null ? null : view.Record.IssuedAt,
            AccessTokenExpiresAt = view.Record?.AccessToken is null ? null : view.ExpiresAt,
            RefreshTokenExpiresAt = view.Record?.RefreshTokenExpiresAt,
            RefreshWindowStartsAt = plan.WindowStartsAt(),
            NextRotationAt = next.At(now),
            LastRotation = view.LastRotation,
            LastValidation = view.LastValidation,
            Validations = view.Validations,
            Fingerprint = memory.Live?.Result.Token?.Fingerprint,
            Standby = fallback.Report(),
            Obstacle = view.Obstacle,
            Problem = ProblemOf(view, state),
            KeptResponse = KeptOf(view)?.ToString(),
            Action = StatusText.ActionOf(view, state, settings, memory.IsUsable),
        };
    }

    private ResponseShape? KeptOf(CredentialView view) => view.Record is { } record ? kept.NewestBeside(record) : null;

    private string? ProblemOf(CredentialView view, CredentialState state) => StatusText.ProblemOf(view, state, settings) is not { } problem ? null
        : KeptOf(view) is null ? problem
        : $"{problem} A response that could not be understood is kept, encrypted, in the journal of this replica; it is read again after a change of settings or an upgrade.";

    /// <summary>The status, with what only the store knows; without that where the store is away.</summary>
    public async Task<CredentialReport> ReportAsync(CancellationToken cancellationToken)
    {
        try
        {
            var snapshot = await engine.Store.ReadAsync(settings.Name, cancellationToken);
            var lease = snapshot.Lease is { } held ? new LeaseReport(held.Owner, held.ExpiresAt) : null;
            return new CredentialReport(Status(), lease, await history.ReadAsync(cancellationToken));
        }
        catch (StoreUnavailableException)
        {
            return new CredentialReport(Status(), null, []);
        }
    }
}
