using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>What is exchanged for tokens, in the parameters of its grant (RFC 6749 §4.1.3, §4.4 and §6). It prints as the grant's name.</summary>
internal sealed class TokenGrantRequest
{
    private TokenGrantRequest(string name, bool sendsScope, params ReadOnlySpan<KeyValuePair<string, string>> parameters)
    {
        Name = name;
        SendsScope = sendsScope;
        Parameters = [new("grant_type", name), .. parameters];
    }

    /// <summary>The value of <c>grant_type</c>.</summary>
    public string Name { get; }

    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; }

    /// <summary>A code carries the scope that it was asked for with.</summary>
    public bool SendsScope { get; }

    /// <summary>What a rotation sends: the refresh token, or where there is none the client's own word (§4.4).</summary>
    public static TokenGrantRequest Of(CredentialSettings settings, Secret refreshToken) =>
        settings.GrantType == GrantType.ClientCredentials ? new("client_credentials", true) : RefreshToken(refreshToken);

    /// <summary>A refresh that names no refresh token: every provider refuses it, and none can spend anything by it.</summary>
    public static TokenGrantRequest WithoutToken { get; } = new("refresh_token", sendsScope: false);

    public static TokenGrantRequest RefreshToken(Secret refreshToken) => new("refresh_token", true, new KeyValuePair<string, string>("refresh_token", refreshToken.Reveal()));

    /// <param name="code">The provider's answer to <paramref name="request"/>.</param>
    /// <param name="request">What was asked; its verifier proves that it was this process who did (RFC 7636 §4.5).</param>
    public static TokenGrantRequest AuthorizationCode(Secret code, AuthorizationRequest request) => new(
        "authorization_code",
        false,
        new KeyValuePair<string, string>("code", code.Reveal()),
        new KeyValuePair<string, string>("redirect_uri", request.RedirectUri.AbsoluteUri),
        new KeyValuePair<string, string>("code_verifier", request.Verifier.Reveal()));

    public override string ToString() => Name;
}
