using System.Text.Json.Serialization;
using TokenGateway.Hosting;
using TokenGateway.Tokens;

namespace TokenGateway.Management;

/// <summary>A credential as the management API shows it. It is a contract of its own: the engine's types may change, this may only grow.</summary>
internal sealed record CredentialDocument
{
    public required string Name { get; init; }
    public required string Grant { get; init; }
    public required string State { get; init; }
    public required long Generation { get; init; }
    public required bool Usable { get; init; }
    public required DateTimeOffset? IssuedAt { get; init; }
    public required DateTimeOffset? AccessTokenExpiresAt { get; init; }
    public required DateTimeOffset? RefreshTokenExpiresAt { get; init; }
    public required DateTimeOffset? RefreshWindowStartsAt { get; init; }
    public required DateTimeOffset? NextRotationAt { get; init; }
    public required RotationDocument? LastRotation { get; init; }
    public required ValidationDocument? LastValidation { get; init; }
    public required IReadOnlyList<ValidationDocument> Validations { get; init; }
    public required LeaseDocument? Lease { get; init; }
    public required string? Fingerprint { get; init; }
    public required StandbyDocument? Standby { get; init; }
    public required string? KeptResponse { get; init; }

    /// <summary>Left out where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Obstacle { get; init; }

    public required string? Problem { get; init; }
    public required string Action { get; init; }
    public required bool OffersLogin { get; init; }
    public required IReadOnlyList<RotationDocument> History { get; init; }

    public static CredentialDocument Of(CredentialReport report)
    {
        var status = report.Status;
        return new CredentialDocument
        {
            Name = status.Name,
            Grant = SnakeCase.Of(status.Grant),
            State = SnakeCase.Of(status.State),
            Generation = status.Generation,
            Usable = status.Usable,
            IssuedAt = status.IssuedAt,
            AccessTokenExpiresAt = status.AccessTokenExpiresAt,
            RefreshTokenExpiresAt = status.RefreshTokenExpiresAt,
            RefreshWindowStartsAt = status.RefreshWindowStartsAt,
            NextRotationAt = Steady(status.NextRotationAt),
            LastRotation = status.LastRotation is { } rotation ? RotationDocument.Of(rotation) : null,
            LastValidation = status.LastValidation is { } validation ? ValidationDocument.Of(validation) : null,
            Validations = [.. status.Validations.Select(ValidationDocument.Of)],
            Lease = report.Lease is { } lease ? new LeaseDocument(lease.Owner, lease.ExpiresAt) : null,
            Fingerprint = status.Fingerprint,
            Standby = status.Standby is { } standby ? new StandbyDocument(standby.Since) : null,
            KeptResponse = status.KeptResponse,
            Obstacle = status.Obstacle is { } obstacle ? SnakeCase.Of(obstacle) : null,
            Problem = status.Problem,
            Action = status.Action,
            OffersLogin = status.OffersLogin,
            History = [.. report.History.Select(RotationDocument.Of)],
        };
    }

    /// <summary>The plan counts from now, and moves by less than a microsecond each time that it is asked: to a tenth of a second it stands still.</summary>
    private static DateTimeOffset? Steady(DateTimeOffset? moment) =>
        moment is { } exact ? DateTimeOffset.FromUnixTimeMilliseconds((exact.ToUnixTimeMilliseconds() + 50) / 100 * 100) : null;
}

internal sealed record RotationDocument(DateTimeOffset At, string By, string Outcome, long DurationMs, string? Error, long Generation)
{
    public static RotationDocument Of(RotationReport report) =>
        new(report.At, report.By, SnakeCase.Of(report.Outcome), (long)report.Duration.TotalMilliseconds, report.Error, report.Generation);
}

internal sealed record ReseedDocument(string Outcome);

internal sealed record ValidationDocument(DateTimeOffset At, string Verdict, string? Error, string? By, long? Generation)
{
    public static ValidationDocument Of(ValidationReport report) => new(report.At, SnakeCase.Of(report.Verdict), report.Error, report.By, report.Generation);
}

/// <param name="Shape">Status, content type, length, and the names and types of its fields; never a value.</param>
internal sealed record KeptResponseDocument(string Shape);

internal sealed record StandbyDocument(DateTimeOffset? Since);

internal sealed record LeaseDocument(string Owner, DateTimeOffset ExpiresAt);
