namespace TokenGateway.Simulator.OAuth;

/// <summary>What the provider says to an access token.</summary>
public abstract record ValidationResult
{
    private ValidationResult() { }

    /// <summary>It lives for <paramref name="Left"/> yet.</summary>
    public sealed record Valid(IssuedAccessToken AccessToken, TimeSpan Left) : ValidationResult;

    /// <summary>It is unknown, expired or revoked.</summary>
    public sealed record Invalid : ValidationResult;

    /// <summary>Too many; no verdict.</summary>
    public sealed record RateLimited(TimeSpan RetryAfter) : ValidationResult;
}
