using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>The error codes of an answer, and what they say about the token that was sent.</summary>
internal static class OAuthError
{
    public const string InvalidGrant = "invalid_grant";
    public const string InvalidClient = "invalid_client";
    public const string RateLimited = "rate_limited";

    private const string RequestLimitExceeded = "auth.request_limit_exceeded";
    private const int MaximumLength = 64;

    /// <summary>Where providers put a code; free text such as <c>error_description</c> is never looked at.</summary>
    private static readonly string[] Places = ["error", "error_message_id", "reason", "message"];

    /// <summary>RFC 6749 §5.2 but for <c>invalid_grant</c>: the request was refused before the refresh token was looked at.</summary>
    private static readonly HashSet<string> Refusals = new(StringComparer.Ordinal)
    {
        "invalid_request", InvalidClient, "unauthorized_client", "unsupported_grant_type", "invalid_scope",
    };

    /// <summary>True when the answer speaks of an error or of no success.</summary>
    public static bool IsIn(AnswerFields fields) => fields.Has("error") || fields.SaysNoSuccess;

    /// <summary>True when the provider answered that it was asked too often.</summary>
    public static bool IsRateLimit(int status, AnswerFields fields) =>
        status == 429 || Places.Any(place => string.Equals(fields.Text(place), RequestLimitExceeded, StringComparison.Ordinal));

    /// <summary>The code that calls the refresh token dead: <c>invalid_grant</c> or one that the credential lists; else null.</summary>
    public static string? FindDeadGrant(AnswerFields fields, CredentialSettings settings) =>
        string.Equals(fields.Text("error"), InvalidGrant, StringComparison.Ordinal)
            ? InvalidGrant
            : Sanitize(Places.Select(fields.Text).FirstOrDefault(code => code is not null && settings.InvalidGrantErrors.Contains(code)));

    /// <summary>The code that says that the request was refused and nothing spent. Null when there is none.</summary>
    public static string? FindRefusal(AnswerFields fields) =>
        fields.Text("error") is { } code && Refusals.Contains(code) ? code : null;

    /// <summary>Makes a code safe to show: at most 64 of <c>a-z 0-9 _ . -</c>, anything else as an underscore.</summary>
    public static string? Sanitize(string? code) =>
        code is null ? null : string.Concat(code.Take(MaximumLength).Select(char.ToLowerInvariant).Select(c => IsPlain(c) ? c : '_'));

    private static bool IsPlain(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '.' or '-';
}
