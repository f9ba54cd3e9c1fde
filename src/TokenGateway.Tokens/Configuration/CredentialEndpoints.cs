namespace TokenGateway.Tokens.Configuration;

/// <summary>A credential's endpoints: as configured, or as the preset derives them from <c>OAuthUrl</c> and <c>TokenType</c>.</summary>
internal sealed record CredentialEndpoints(Uri Token, Uri? Validate, ValidateKind ValidateKind, Uri? Authorization)
{
    // Stands in where an error has been reported, so that reading can go on; such settings are never given out.
    private static readonly Uri Unusable = new("about:blank");

    public static CredentialEndpoints Read(SettingsReader reader, ProviderPreset preset, bool allowInsecureHttp)
    {
        var configured = reader.Endpoint("TokenEndpoint", allowInsecureHttp);
        var oauthUrl = reader.OAuthUrl(allowInsecureHttp);
        var template = new EndpointTemplate(oauthUrl ?? preset.OAuthUrl, reader.TokenType() ?? preset.TokenType);
        var token = configured ?? Derive(reader, "TokenEndpoint", preset.TokenEndpoint, template, allowInsecureHttp);
        if (token is null && !reader.Failed("TokenEndpoint") && !reader.Failed("Preset"))
        {
            ReportMissing(reader, preset, template);
        }

        // A token from elsewhere must not be shown to the preset's own host, so only what is configured validates it.
        var isElsewhere = configured is not null && oauthUrl is null;
        var chosen = reader.Choice<ValidateKind>("ValidateKind");
        var kind = chosen ?? preset.ValidateKind ?? ValidateKind.Bearer;
        var (bearer, introspection) = (reader.Endpoint("ValidateEndpoint", allowInsecureHttp), reader.Endpoint("IntrospectionEndpoint", allowInsecureHttp));
        ReportUnasked(reader, kind, bearer, introspection);
        var validate = kind == ValidateKind.Introspection
            ? introspection ?? (isElsewhere ? null : Derive(reader, "IntrospectionEndpoint", preset.IntrospectionEndpoint, template, allowInsecureHttp))
            : bearer ?? (isElsewhere ? null : Derive(reader, "ValidateEndpoint", preset.ValidateEndpoint, template, allowInsecureHttp));
        if (kind == ValidateKind.Introspection && validate is null && (chosen is not null || !isElsewhere) && token is not null && !reader.Failed("IntrospectionEndpoint"))
        {
            reader.Report("IntrospectionEndpoint", "is empty, but ValidateKind is introspection; set the endpoint's absolute address (RFC 7662)");
        }

        // Nor is a person sent to the preset's own host for a code that is exchanged elsewhere.
        var authorization = reader.Endpoint("AuthorizationEndpoint", allowInsecureHttp)
            ?? (isElsewhere ? null : Derive(reader, "AuthorizationEndpoint", preset.AuthorizationEndpoint, template, allowInsecureHttp));
        return new CredentialEndpoints(token ?? Unusable, validate, kind, authorization);
    }

    /// <summary>An endpoint that nobody would ask is a mistake, and not one to find out about when the token is dead.</summary>
    private static void ReportUnasked(SettingsReader reader, ValidateKind kind, Uri? bearer, Uri? introspection)
    {
        if (kind == ValidateKind.Introspection && bearer is not null)
        {
            reader.Report("ValidateEndpoint", "is set, but ValidateKind is introspection, which asks IntrospectionEndpoint; remove it, or set ValidateKind to bearer");
        }
        else if (kind == ValidateKind.Bearer && introspection is not null)
        {
            reader.Report("IntrospectionEndpoint", "is set, but ValidateKind is bearer, which asks ValidateEndpoint; remove it, or set ValidateKind to introspection");
        }
    }

    /// <summary>What a preset derives is held to the same rules as what is configured.</summary>
    private static Uri? Derive(SettingsReader reader, string key, string? pattern, EndpointTemplate template, bool allowInsecureHttp)
    {
        var address = template.Fill(pattern);
        if (address is null || reader.Failed("OAuthUrl") || EndpointSetting.Problem(address, allowInsecureHttp) is not { } problem)
        {
            return address;
        }

        reader.Report(key, $"as the preset derives it, {address}, {problem}");
        return null;
    }

    private static void ReportMissing(SettingsReader reader, ProviderPreset preset, EndpointTemplate template)
    {
        var needed = preset.TokenEndpoint is { } pattern ? template.Missing(pattern) : null;
        if (needed is null)
        {
            reader.ReportMissing("TokenEndpoint", $"is empty; the preset {preset.Name} derives none from OAuthUrl, so set its absolute address", insteadOf: "Preset");
        }
        else if (!reader.Failed(needed))
        {
            reader.ReportMissing(needed, $"is empty; the preset {preset.Name} derives the endpoints from it ({preset.TokenEndpoint}), so set the one of your provider");
        }
    }
}
