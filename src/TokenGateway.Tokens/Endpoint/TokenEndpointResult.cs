namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// What one call of the token endpoint came to. The question that decides everything after it is not "did it work" but
/// "may the refresh token be spent": see docs/rotation.md.
/// </summary>
internal abstract record TokenEndpointResult
{
    private TokenEndpointResult() { }

    /// <summary>A new pair. A null refresh token means that the old one stays (RFC 6749 §6).</summary>
    public sealed record Granted(TokenGrant Grant) : TokenEndpointResult;

    /// <summary>Not a byte of the body left this process: the refresh token is not spent.</summary>
    public sealed record NotSent(string Reason) : TokenEndpointResult;

    /// <summary>The provider answered and did not spend the refresh token: a rate limit, or an OAuth error other than <c>invalid_grant</c>.</summary>
    public sealed record Refused(string Code, TimeSpan? RetryAfter) : TokenEndpointResult;

    /// <summary>The refresh token is dead: spent by someone, expired or revoked.</summary>
    public sealed record Rejected(string Code) : TokenEndpointResult;

    /// <summary>Everything else: the refresh token may be spent.</summary>
    public sealed record InDoubt(string Reason) : TokenEndpointResult;
}

/// <summary>What a provider granted.</summary>
/// <param name="AccessToken">Null when the answer held only a refresh token (a broken provider): the pair is kept all the same.</param>
/// <param name="RefreshToken">Null when the old one stays.</param>
/// <param name="AccessTokenExpiresAt">Never null: where the answer says nothing usable, the configured default counts.</param>
/// <param name="RefreshTokenExpiresAt">Null when the provider does not say.</param>
internal sealed record TokenGrant(
    Secret? AccessToken, Secret? RefreshToken, DateTimeOffset AccessTokenExpiresAt, DateTimeOffset? RefreshTokenExpiresAt)
{
    /// <summary>
    /// Where in the response the pair was found though no setting names the place; null where it stands where it is expected.
    /// </summary>
    public string? FoundAt { get; init; }

    /// <summary>The <c>token_type</c> of an access token that is no bearer token; null where it may be one.</summary>
    public string? ForeignTokenType { get; init; }
}
