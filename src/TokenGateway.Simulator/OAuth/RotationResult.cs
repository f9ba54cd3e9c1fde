namespace TokenGateway.Simulator.OAuth;

/// <summary>What the provider says to a refresh token.</summary>
public abstract record RotationResult
{
    private RotationResult() { }

    /// <summary>A new pair. The refresh token that was sent is spent, unless <see cref="RefreshToken"/> is null.</summary>
    /// <param name="AccessToken">The new access token.</param>
    /// <param name="RefreshToken">The new refresh token; null when the old one stays.</param>
    /// <param name="RefreshTokenExpiresAt">When the refresh token that is now alive dies, if ever.</param>
    public sealed record Granted(IssuedAccessToken AccessToken, string? RefreshToken, DateTimeOffset? RefreshTokenExpiresAt) : RotationResult
    {
        /// <summary>The access token's fingerprint.</summary>
        public override string ToString() => AccessToken.Fingerprint;
    }

    /// <summary>Nobody that it knows; nothing was spent.</summary>
    public sealed record InvalidClient : RotationResult;

    /// <summary>The refresh token is unknown, spent, expired or revoked.</summary>
    public sealed record InvalidGrant(string Description) : RotationResult;

    /// <summary>Too soon after the last one; nothing was spent.</summary>
    public sealed record TooEarly : RotationResult;

    /// <summary>Too many; nothing was spent.</summary>
    public sealed record RateLimited(TimeSpan RetryAfter) : RotationResult;
}
