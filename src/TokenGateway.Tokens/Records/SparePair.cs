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

    public DateTimeOffset IntentAt { get; init; }

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
        IntentAt = record.IntentAt,
        AccessTokenExpiresAt = record.AccessTokenExpiresAt,
        RefreshTokenExpiresAt = record.RefreshTokenExpiresAt,
        NeedsAccessToken = record.NeedsAccessToken,
        AccessToken = record.AccessToken,
        RefreshToken = record.RefreshToken,
    };

    /// <summary>
    /// True when this pair came back for the very refresh token that <paramref name="record"/> still holds, or for one after it: that one is spent then, and this
    /// pair must take its place before it is sent again.
    /// </summary>
    public bool Supersedes(CredentialRecord record) => Supersedes(record.Family, record.Generation, record.IntentAt) && !RefreshToken.Equals(record.RefreshToken);

    /// <inheritdoc cref="Supersedes(CredentialRecord)" />
    public bool Supersedes(SparePair other) => Supersedes(other.Family, other.Generation, other.IntentAt) && !RefreshToken.Equals(other.RefreshToken);

    private bool Supersedes(string family, long generation, DateTimeOffset intentAt) =>
        Family == family && (Generation > generation || (Generation == generation && IntentAt > intentAt));

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
