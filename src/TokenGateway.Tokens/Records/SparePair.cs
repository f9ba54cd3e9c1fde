namespace TokenGateway.Tokens.Records;

/// <summary>
/// A pair that is not in use and may still be good: what a reseed replaced (until the seed has proven itself), or what came back for a record that the
/// store had left behind. It is tried before somebody is asked to log in again. No part of it is readable in the store.
/// </summary>
internal sealed record SparePair
{
    public required SpareKind Kind { get; init; }

    public required string Family { get; init; }

    public required long Generation { get; init; }

    public required string Binding { get; init; }

    /// <summary>The doubts that the pair had when it was laid aside: it has them still when it comes back.</summary>
    public IReadOnlyList<Attempt> Attempts { get; init; } = [];

    public required DateTimeOffset IssuedAt { get; init; }

    public DateTimeOffset AccessTokenExpiresAt { get; init; }

    public DateTimeOffset? RefreshTokenExpiresAt { get; init; }

    public bool NeedsAccessToken { get; init; }

    public Secret? AccessToken { get; init; }

    public required Secret RefreshToken { get; init; }

    /// <summary>Lays a record's pair aside.</summary>
    public static SparePair Of(CredentialRecord record, SpareKind kind) => new()
    {
        Kind = kind,
        Family = record.Family,
        Generation = record.Generation,
        Binding = record.Binding,
        Attempts = record.Attempts,
        IssuedAt = record.IssuedAt,
        AccessTokenExpiresAt = record.AccessTokenExpiresAt,
        RefreshTokenExpiresAt = record.RefreshTokenExpiresAt,
        NeedsAccessToken = record.NeedsAccessToken,
        AccessToken = record.AccessToken,
        RefreshToken = record.RefreshToken,
    };

    /// <summary>The same pair, whatever else is known of it.</summary>
    public bool Equals(SparePair? other) => other is not null && Kind == other.Kind && RefreshToken.Equals(other.RefreshToken);

    public override int GetHashCode() => RefreshToken.GetHashCode();
}

/// <summary>How a pair came to be laid aside.</summary>
internal enum SpareKind
{
    /// <summary>A reseed replaced it, and the seed has not had an answer yet: a refused seed brings it back.</summary>
    Previous,

    /// <summary>The store had gone on without it: a late answer, or one side of a lineage that was torn apart.</summary>
    Alternate,
}
