using System.Globalization;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// Reads what the token endpoint answered. Anything that is not clearly a grant, a refusal or a rejection leaves the refresh token
/// in doubt: a wrong "not spent" costs the family, a wrong "in doubt" costs time.
/// </summary>
internal static class TokenAnswer
{
    private const string Truncated = "truncated_answer";
    private const string Unreadable = "unreadable_answer";

    /// <summary>What the attempt came to.</summary>
    public static TokenEndpointResult Read(TokenExchange exchange, CredentialSettings settings) => exchange switch
    {
        TokenExchange.NotSent notSent => new TokenEndpointResult.NotSent(notSent.Reason),
        TokenExchange.Answered answered => Read(answered.Answer, settings),
        TokenExchange.Lost lost => ByGrant(InDoubt(lost.Reason), settings),
        _ => throw new ArgumentOutOfRangeException(nameof(exchange)),
    };

    /// <summary>What the answer means. Never throws, whatever the body holds.</summary>
    public static TokenEndpointResult Read(RawAnswer answer, CredentialSettings settings) => ByGrant(ReadAnswer(answer, settings), settings);

    private static TokenEndpointResult ByGrant(TokenEndpointResult result, CredentialSettings settings) =>
        settings.GrantType == GrantType.ClientCredentials ? ClientCredentialsAnswer.Of(result) : result;

    private static TokenEndpointResult ReadAnswer(RawAnswer answer, CredentialSettings settings)
    {
        var fields = AnswerFields.Read(answer.Body.Span);
        if (answer.Status is >= 200 and <= 299)
        {
            return ReadGrant(answer, fields, settings) ?? ReadRefusal(answer, fields, settings) ?? InDoubt(Unreadable);
        }

        var status = Describe(answer.Status);
        return ReadRefusal(answer, fields, settings)
            ?? (IsUnspent(answer, fields, settings) ? new TokenEndpointResult.Refused(status, answer.RetryAfter) : InDoubt(status));
    }

    /// <summary>Null when a whole answer holds no grant, so that it may be an error.</summary>
    private static TokenEndpointResult? ReadGrant(RawAnswer answer, AnswerFields fields, CredentialSettings settings)
    {
        var accessToken = TokenCharacters.ToAccessToken(fields.Text("access_token"));
        var refreshToken = TokenCharacters.ToRefreshToken(fields.Text("refresh_token"));
        var error = OAuthError.IsIn(fields);
        if (refreshToken is not null && (accessToken is not null || !error))
        {
            return Grant(answer, fields, settings, accessToken, refreshToken);
        }

        if (!answer.Complete || fields.State != AnswerText.Whole)
        {
            return InDoubt(!answer.Complete || IsCutShort(answer, fields) ? Truncated : Unreadable);
        }

        // Only a whole answer without any refresh token says that the old one stays; one that cannot be used has replaced it.
        return accessToken is null || error ? null
            : fields.Has("refresh_token") ? InDoubt(Unreadable)
            : Grant(answer, fields, settings, accessToken, null);
    }

    private static TokenEndpointResult.Granted Grant(
        RawAnswer answer, AnswerFields fields, CredentialSettings settings, Secret? accessToken, Secret? refreshToken) =>
        new(new TokenGrant(
            accessToken,
            refreshToken,
            TokenExpiry.OfAccessToken(fields, accessToken, answer.RequestedAt, settings),
            TokenExpiry.OfRefreshToken(fields, answer.RequestedAt, settings) ?? (refreshToken is null ? null : answer.RequestedAt + settings.DefaultRefreshExpiresIn)));

    /// <summary>Null when nothing says that the request was refused or the refresh token dead.</summary>
    private static TokenEndpointResult? ReadRefusal(RawAnswer answer, AnswerFields fields, CredentialSettings settings)
    {
        // A server that failed may have failed after spending the token, whatever error it names.
        if (answer.Status >= 500)
        {
            return null;
        }

        if (OAuthError.IsRateLimit(answer.Status, fields))
        {
            return new TokenEndpointResult.Refused(OAuthError.RateLimited, answer.RetryAfter);
        }

        if (answer.Status is 200 or 400 or 401 or 403 && OAuthError.FindDeadGrant(fields, settings) is { } dead)
        {
            return new TokenEndpointResult.Rejected(dead);
        }

        return answer.Status is 200 or (>= 400 and <= 499) && OAuthError.FindRefusal(fields) is { } code
            ? new TokenEndpointResult.Refused(code, answer.RetryAfter)
            : null;
    }

    /// <summary>True when this status is configured to leave the refresh token unspent, and the body does not speak against it.</summary>
    private static bool IsUnspent(RawAnswer answer, AnswerFields fields, CredentialSettings settings) =>
        settings.UnspentStatuses.Contains(answer.Status) && answer.Complete && !fields.Has("access_token") && !fields.Has("refresh_token");

    private static bool IsCutShort(RawAnswer answer, AnswerFields fields) => fields.State == AnswerText.CutShort && !answer.Body.IsEmpty;

    private static TokenEndpointResult.InDoubt InDoubt(string reason) => new(reason);

    private static string Describe(int status) =>
        (status is >= 300 and <= 399 ? "redirect_" : "http_") + status.ToString(CultureInfo.InvariantCulture);
}
