using System.Globalization;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// Reads what the token endpoint answered. Anything that is not clearly a grant, a refusal or a rejection leaves the refresh token
/// in doubt: a wrong "not spent" costs the family, a wrong "in doubt" costs time.
/// </summary>
internal static class TokenAnswer
{
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
        var response = ResponseDocument.Read(answer);
        if (answer.Status is >= 200 and <= 299)
        {
            return GrantResponse.Read(answer, response, settings) ?? ReadRefusal(answer, response, settings) ?? InDoubt(Unreadable);
        }

        var status = Describe(answer.Status);
        return ReadRefusal(answer, response, settings)
            ?? (IsUnspent(answer, response, settings) ? new TokenEndpointResult.Refused(status, answer.RetryAfter) : InDoubt(status));
    }

    /// <summary>Null when nothing says that the request was refused or the refresh token dead.</summary>
    private static TokenEndpointResult? ReadRefusal(RawAnswer answer, ResponseDocument response, CredentialSettings settings)
    {
        var codes = ErrorCodes.Of(response, settings);

        // A server that failed may have failed after spending the token, and a redirect is no verdict: there only words count that the
        // credential lists.
        var isVerdict = answer.Status is (>= 200 and <= 299) or (>= 400 and <= 499);
        if (answer.Status == 429 || (isVerdict && ErrorCodes.IsRateLimit(codes)))
        {
            return new TokenEndpointResult.Refused(OAuthError.RateLimited, answer.RetryAfter);
        }

        if (ErrorCodes.FindListedDeadGrant(codes, settings) is { } dead)
        {
            return new TokenEndpointResult.Rejected(OAuthError.Sanitize(dead)!);
        }

        if (ErrorCodes.FindListedRefusal(codes, settings) is { } listed)
        {
            return new TokenEndpointResult.Refused(OAuthError.Sanitize(listed)!, answer.RetryAfter);
        }

        return !isVerdict ? null
            : ErrorCodes.HasInvalidGrant(codes) ? new TokenEndpointResult.Rejected(OAuthError.InvalidGrant)
            : ErrorCodes.FindRefusal(codes) is { } code ? new TokenEndpointResult.Refused(code, answer.RetryAfter)
            : IsDeadByStatus(answer, response, codes, settings) ? new TokenEndpointResult.Rejected(Describe(answer.Status))
            : null;
    }

    /// <summary>
    /// True when this status is configured to mean a dead refresh token, and no code says otherwise. A page of a proxy or firewall has no
    /// say.
    /// </summary>
    private static bool IsDeadByStatus(
        RawAnswer answer, ResponseDocument response, IReadOnlyList<string> codes, CredentialSettings settings) =>
        settings.InvalidGrantStatuses.Contains(answer.Status) && response.IsComplete && !ErrorCodes.HasAny(codes)
        && (answer.Body.IsEmpty || response.State == AnswerText.Whole) && HoldsNoToken(response, settings);

    /// <summary>True when this status is configured to leave the refresh token unspent, and the body does not speak against it.</summary>
    private static bool IsUnspent(RawAnswer answer, ResponseDocument response, CredentialSettings settings) =>
        settings.UnspentStatuses.Contains(answer.Status) && response.IsComplete && HoldsNoToken(response, settings);

    private static bool HoldsNoToken(ResponseDocument response, CredentialSettings settings) =>
        GrantFields.Find(response, settings) is { HasRefreshToken: false, Bearer: null };

    private static TokenEndpointResult.InDoubt InDoubt(string reason) => new(reason);

    private static string Describe(int status) =>
        (status is >= 300 and <= 399 ? "redirect_" : "http_") + status.ToString(CultureInfo.InvariantCulture);
}
