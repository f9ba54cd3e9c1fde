namespace TokenGateway.Simulator.OAuth;

/// <summary>What the provider counted.</summary>
public sealed record ProviderCounters
{
    /// <summary>Pairs granted.</summary>
    public long Rotations { get; init; }

    /// <summary>Rotations refused, for whatever reason but the rate limit.</summary>
    public long Refused { get; init; }

    /// <summary>A spent refresh token came back outside the grace.</summary>
    public long Reuses { get; init; }

    /// <summary>A spent refresh token came back within the grace, and was granted a fresh successor.</summary>
    public long ReusesInGrace { get; init; }

    /// <summary>The most often that any one refresh token was presented by the client; 1 when none was ever sent twice.</summary>
    public int MostPresentationsOfOneRefreshToken { get; init; }

    /// <summary>The most often that any one refresh token was granted a pair.</summary>
    public int MostRotationsOfOneRefreshToken { get; init; }

    /// <summary>Validations answered with a verdict.</summary>
    public long Validations { get; init; }

    /// <summary>Calls refused by a rate limit.</summary>
    public long RateLimited { get; init; }
}
