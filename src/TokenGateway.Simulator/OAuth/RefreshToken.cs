namespace TokenGateway.Simulator.OAuth;

/// <summary>One refresh token and what became of it. Guarded by the provider's lock.</summary>
internal sealed class RefreshToken(string value, Family family, int generation, RefreshToken? parent, DateTimeOffset? expiresAt)
{
    public string Value { get; } = value;

    public Family Family { get; } = family;

    public int Generation { get; } = generation;

    public DateTimeOffset? ExpiresAt { get; } = expiresAt;

    /// <summary>When it was first spent, or superseded by a retry of its parent.</summary>
    public DateTimeOffset? SpentAt { get; set; }

    /// <summary>How often the authenticated client sent it.</summary>
    public int Presented { get; set; }

    /// <summary>How often a pair was granted for it.</summary>
    public int Rotations { get; set; }

    public bool IsSpent => SpentAt is not null;

    public bool HasExpired(DateTimeOffset now) => now >= ExpiresAt;

    /// <summary>Only the direct predecessor of the family's live refresh token, and only within the grace.</summary>
    public bool MayBeRetried(DateTimeOffset now, TimeSpan grace) =>
        !Family.IsRevoked && Family.Current.IsSuccessorOf(this) && !Family.Current.IsSpent && now - SpentAt < grace;

    private bool IsSuccessorOf(RefreshToken other) => ReferenceEquals(parent, other);
}
