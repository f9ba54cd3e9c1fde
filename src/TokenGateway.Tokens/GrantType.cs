namespace TokenGateway.Tokens;

/// <summary>How a credential gets its access tokens (RFC 6749).</summary>
public enum GrantType
{
    /// <summary>With a refresh token, which the next answer replaces (§6).</summary>
    RefreshToken,

    /// <summary>With the client's own id and secret (§4.4): there is nothing to lose, and whoever asks again gets another token.</summary>
    ClientCredentials,
}
