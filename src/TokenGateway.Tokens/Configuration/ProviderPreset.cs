namespace TokenGateway.Tokens.Configuration;

/// <summary>What is known of a provider, so that it need not be configured. What is configured wins.</summary>
internal sealed record ProviderPreset
{
    public const string DefaultName = "generic";

    public required string Name { get; init; }

    /// <summary>The provider's base address; null where endpoints are configured one by one.</summary>
    public string? OAuthUrl { get; init; }

    public string? TokenType { get; init; }

    /// <summary>With <c>{OAuthUrl}</c> and <c>{TokenType}</c> to fill in; null where it must be configured.</summary>
    public string? TokenEndpoint { get; init; }

    /// <inheritdoc cref="TokenEndpoint"/>
    public string? ValidateEndpoint { get; init; }

    public required ClientAuthentication ClientAuthentication { get; init; }
    public required RequestFormat RequestFormat { get; init; }
    public required ExpiryUnit TokenExpiryUnit { get; init; }
    public required ExpiryUnit ValidateExpiryUnit { get; init; }
    public IReadOnlySet<string> InvalidGrantErrors { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    public static IReadOnlyList<ProviderPreset> Known { get; } = [Generic(), Xoxoday()];

    /// <summary>The preset of that name, case aside; null where there is none.</summary>
    public static ProviderPreset? Find(string name) =>
        Known.FirstOrDefault(preset => preset.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    // RFC 6749 §2.3.1, §5.1 and §6. It has no validate endpoint, so what one answers has no known unit.
    private static ProviderPreset Generic() => new()
    {
        Name = DefaultName,
        ClientAuthentication = ClientAuthentication.ClientSecretBasic,
        RequestFormat = RequestFormat.Form,
        TokenExpiryUnit = ExpiryUnit.Seconds,
        ValidateExpiryUnit = ExpiryUnit.ByMagnitude,
    };

    private static ProviderPreset Xoxoday() => new()
    {
        Name = "xoxoday",
        OAuthUrl = "https://accounts.xoxoday.com/chef",
        TokenType = "user",
        TokenEndpoint = "{OAuthUrl}/v1/oauth/token/{TokenType}",
        ValidateEndpoint = "{OAuthUrl}/v1/oauth/token",
        ClientAuthentication = ClientAuthentication.ClientSecretPost,
        RequestFormat = RequestFormat.Json,
        TokenExpiryUnit = ExpiryUnit.Seconds,
        ValidateExpiryUnit = ExpiryUnit.Milliseconds,
        InvalidGrantErrors = new HashSet<string>(StringComparer.Ordinal) { "invalid_token", "auth.token_error" },
    };
}
