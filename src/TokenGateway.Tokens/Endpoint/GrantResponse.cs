using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>Reads the pair out of a success.</summary>
internal static class GrantResponse
{
    private const string Truncated = "truncated_answer";
    private const string Unreadable = "unreadable_answer";
    private const string Ambiguous = "ambiguous_response";

    /// <summary>Null when a whole response holds no grant, so that it may be an error.</summary>
    public static TokenEndpointResult? Read(RawAnswer answer, ResponseDocument response, CredentialSettings settings)
    {
        if (GrantFields.Find(response, settings) is not { } fields)
        {
            return new TokenEndpointResult.InDoubt(Ambiguous);
        }

        var (accessToken, refreshToken) = (fields.Bearer, fields.RefreshToken);
        var error = OAuthError.IsIn(response.Top);
        if (refreshToken is not null && (accessToken is not null || !error))
        {
            return Grant(answer, fields, settings);
        }

        if (!response.IsComplete || response.State != AnswerText.Whole)
        {
            return new TokenEndpointResult.InDoubt(!response.IsComplete || IsCutShort(answer, response) ? Truncated : Unreadable);
        }

        // Only a whole response without any refresh token says that the old one stays; one that cannot be used has replaced it.
        return accessToken is null || error ? null
            : fields.HasRefreshToken ? new TokenEndpointResult.InDoubt(Unreadable)
            : Grant(answer, fields, settings);
    }

    private static TokenEndpointResult.Granted Grant(RawAnswer answer, GrantFields fields, CredentialSettings settings)
    {
        var (accessToken, refreshToken) = (fields.Bearer, fields.RefreshToken);
        var accessTokenExpiresAt = TokenExpiry.OfAccessToken(fields, accessToken, answer.RequestedAt, settings);
        var refreshTokenExpiresAt = TokenExpiry.OfRefreshToken(fields, answer.RequestedAt, settings)
            ?? (refreshToken is null ? null : answer.RequestedAt + settings.DefaultRefreshExpiresIn);
        return new(new TokenGrant(accessToken, refreshToken, accessTokenExpiresAt, refreshTokenExpiresAt)
        {
            FoundAt = fields.FoundAt,
            ForeignTokenType = accessToken is null ? null : fields.ForeignTokenType,
        });
    }

    private static bool IsCutShort(RawAnswer answer, ResponseDocument response) =>
        response.State == AnswerText.CutShort && !answer.Body.IsEmpty;
}
