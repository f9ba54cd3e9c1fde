namespace TokenGateway.Tokens.Endpoint;

/// <summary>What an answer means where no refresh token was sent (RFC 6749 §4.4): nothing can be spent, so nothing is ever in doubt, and whoever asks again gets another token.</summary>
internal static class ClientCredentialsAnswer
{
    public static TokenEndpointResult Of(TokenEndpointResult result) => result switch
    {
        TokenEndpointResult.InDoubt doubt => new TokenEndpointResult.NotSent(doubt.Reason),
        TokenEndpointResult.Rejected rejected => new TokenEndpointResult.Refused(rejected.Code, null),
        TokenEndpointResult.Granted { Grant.AccessToken: null } => new TokenEndpointResult.NotSent("unreadable_answer"),

        // A refresh token should not come with it (§4.4.3), and is not wanted.
        TokenEndpointResult.Granted granted => new TokenEndpointResult.Granted(granted.Grant with { RefreshToken = null, RefreshTokenExpiresAt = null }),
        _ => result,
    };
}
