namespace TokenGateway.Tokens;

/// <summary>How an API refused a request that carried an access token.</summary>
public enum TokenRefusal
{
    /// <summary>A 401 that does not say why: it may mean the token, the caller's rights or the path.</summary>
    Unexplained,

    /// <summary>The response says that the token itself is dead, as a challenge with <c>invalid_token</c> does (RFC 6750 §3.1).</summary>
    InvalidToken,
}
