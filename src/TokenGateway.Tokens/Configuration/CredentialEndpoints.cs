using System.Buffers;

namespace TokenGateway.Tokens.Configuration;

/// <summary>A credential's endpoints: as configured, or as the preset derives them from <c>OAuthUrl</c> and <c>TokenType</c>.</summary>
internal sealed record CredentialEndpoints(Uri Token, Uri? Validate)
{
    // Stands in where an error has been reported, so that reading can go on; such settings are never given out.
    private static readonly Uri Unusable = new("about:blank");

    private static readonly SearchValues<char> TokenTypeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    public static CredentialEndpoints Read(SettingsReader reader, ProviderPreset preset)
    {
        var allowInsecureHttp = reader.Flag("AllowInsecureHttp") ?? false;
        var configured = reader.Endpoint("TokenEndpoint", allowInsecureHttp);

        // A token from elsewhere must not be shown to the preset's own host, so only what is configured validates it.
        var oauthUrl = OAuthUrl(reader, allowInsecureHttp) ?? (configured is null ? preset.OAuthUrl : null);
        var tokenType = TokenType(reader) ?? preset.TokenType;
        var token = configured ?? Derive(preset.TokenEndpoint, oauthUrl, tokenType);
        var validate = reader.Endpoint("ValidateEndpoint", allowInsecureHttp) ?? Derive(preset.ValidateEndpoint, oauthUrl, tokenType);
        if (token is null && !reader.Failed("TokenEndpoint") && !reader.Failed("Preset"))
        {
            reader.Report("TokenEndpoint", $"is empty; the preset {preset.Name} derives none from OAuthUrl, so set its absolute address");
        }

        return new CredentialEndpoints(token ?? Unusable, validate);
    }

    private static string? OAuthUrl(SettingsReader reader, bool allowInsecureHttp)
    {
        var address = reader.Endpoint("OAuthUrl", allowInsecureHttp);
        if (address?.Query.Length > 0)
        {
            reader.Report("OAuthUrl", "holds a query, but paths are appended to it; remove that part");
        }

        return address?.AbsoluteUri.TrimEnd('/');
    }

    private static string? TokenType(SettingsReader reader)
    {
        var type = reader.Text("TokenType")?.Trim();
        if (type is null || !type.AsSpan().ContainsAnyExcept(TokenTypeCharacters))
        {
            return type;
        }

        reader.Report("TokenType", "is a part of the token endpoint's path, as in user or company; use letters, digits, _ and -");
        return null;
    }

    // The pieces were checked one by one, except where an error has been reported already.
    private static Uri? Derive(string? template, string? oauthUrl, string? tokenType) =>
        template is null || oauthUrl is null || !Uri.TryCreate(
            template.Replace("{OAuthUrl}", oauthUrl, StringComparison.Ordinal).Replace("{TokenType}", tokenType, StringComparison.Ordinal),
            UriKind.Absolute,
            out var address)
            ? null
            : address;
}
