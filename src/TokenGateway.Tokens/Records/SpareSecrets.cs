namespace TokenGateway.Tokens.Records;

/// <summary>A spare pair as it stands in the encrypted part.</summary>
internal sealed class SpareSecrets
{
    public required SpareKind Kind { get; init; }
    public required string Family { get; init; }
    public required long Generation { get; init; }
    public required string Binding { get; init; }
    public IReadOnlyList<Attempt> Attempts { get; init; } = [];
    public required DateTimeOffset IssuedAt { get; init; }
    public DateTimeOffset IntentAt { get; init; }
    public DateTimeOffset AccessTokenExpiresAt { get; init; }
    public DateTimeOffset? RefreshTokenExpiresAt { get; init; }
    public bool NeedsAccessToken { get; init; }
    public string? Access { get; init; }
    public required string Refresh { get; init; }

    public static SpareSecrets Of(SparePair pair) => new()
    {
        Kind = pair.Kind,
        Family = pair.Family,
        Generation = pair.Generation,
        Binding = pair.Binding,
        Attempts = pair.Attempts,
        IssuedAt = pair.IssuedAt,
        IntentAt = pair.IntentAt,
        AccessTokenExpiresAt = pair.AccessTokenExpiresAt,
        RefreshTokenExpiresAt = pair.RefreshTokenExpiresAt,
        NeedsAccessToken = pair.NeedsAccessToken,
        Access = pair.AccessToken?.Reveal(),
        Refresh = pair.RefreshToken.Reveal(),
    };

    public SparePair ToPair() => new()
    {
        Kind = Kind,
        Family = Family,
        Generation = Generation,
        Binding = Binding,
        Attempts = Attempts,
        IssuedAt = IssuedAt,
        IntentAt = IntentAt,
        AccessTokenExpiresAt = AccessTokenExpiresAt,
        RefreshTokenExpiresAt = RefreshTokenExpiresAt,
        NeedsAccessToken = NeedsAccessToken,
        AccessToken = Secret.From(Access),
        RefreshToken = new Secret(Refresh),
    };
}
