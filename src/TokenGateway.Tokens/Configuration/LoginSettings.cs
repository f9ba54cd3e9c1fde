namespace TokenGateway.Tokens.Configuration;

/// <summary>How a person logs in, where there is a way to do so in a browser.</summary>
internal sealed record LoginSettings
{
    /// <summary>The path of every redirect back.</summary>
    public const string CallbackPath = "/login/callback";

    /// <summary>Where a person consents (RFC 6749 §3.1); null where refresh tokens come by another way.</summary>
    public Uri? AuthorizationEndpoint { get; init; }

    /// <summary>Where the browser is sent back to; null means the management listener's own loopback address.</summary>
    public Uri? RedirectUri { get; init; }

    /// <summary>What an answer's <c>iss</c> must say (RFC 9207); null means the authorization endpoint's own origin.</summary>
    public string? Issuer { get; init; }

    public static LoginSettings Read(SettingsReader reader, Uri? authorizationEndpoint) => new()
    {
        AuthorizationEndpoint = authorizationEndpoint,
        RedirectUri = ReadRedirectUri(reader),
        Issuer = reader.Text("Issuer"),
    };

    private static Uri? ReadRedirectUri(SettingsReader reader)
    {
        // The code travels there; a verifier that stays here makes it worthless to others, but nobody should see it all the same.
        var address = reader.Endpoint("RedirectUri", allowInsecureHttp: false);
        if (address is null || (address.AbsolutePath.EndsWith(CallbackPath, StringComparison.Ordinal) && address.Query.Length == 0))
        {
            return address;
        }

        reader.Report("RedirectUri", $"must lead to the management listener's {CallbackPath}, as in http://127.0.0.1:8081{CallbackPath}");
        return null;
    }
}
