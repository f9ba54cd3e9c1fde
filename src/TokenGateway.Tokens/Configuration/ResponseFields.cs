namespace TokenGateway.Tokens.Configuration;

/// <summary>The names of the fields of a token response, where a provider has names of its own. Null where the usual ones serve.</summary>
internal sealed record ResponseFields
{
    public static readonly ResponseFields Usual = new();

    public string? AccessToken { get; init; }
    public string? RefreshToken { get; init; }
    public string? TokenType { get; init; }

    /// <summary>A remaining life in <c>ExpiresInUnit</c>, or a moment.</summary>
    public string? ExpiresIn { get; init; }

    /// <inheritdoc cref="ExpiresIn"/>
    public string? RefreshTokenExpiresIn { get; init; }

    /// <summary>What is configured wins over <paramref name="defaults"/>, name by name.</summary>
    public static ResponseFields Read(SettingsReader reader, ResponseFields defaults)
    {
        var read = new ResponseFields
        {
            AccessToken = Name(reader, "AccessToken") ?? defaults.AccessToken,
            RefreshToken = Name(reader, "RefreshToken") ?? defaults.RefreshToken,
            TokenType = Name(reader, "TokenType") ?? defaults.TokenType,
            ExpiresIn = Name(reader, "ExpiresIn") ?? defaults.ExpiresIn,
            RefreshTokenExpiresIn = Name(reader, "RefreshTokenExpiresIn") ?? defaults.RefreshTokenExpiresIn,
        };

        // Most credentials name nothing: what they have in common is held once.
        return read == defaults ? defaults : read;
    }

    private static string? Name(SettingsReader reader, string key) => reader.Text(key)?.Trim();
}

/// <summary>Which token of a response is sent as the bearer.</summary>
internal enum BearerFrom { AccessToken, IdToken }
