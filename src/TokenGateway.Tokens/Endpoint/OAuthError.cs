namespace TokenGateway.Tokens.Endpoint;

/// <summary>What any endpoint of a provider says about an error.</summary>
internal static class OAuthError
{
    public const string InvalidGrant = "invalid_grant";
    public const string InvalidClient = "invalid_client";
    public const string RateLimited = "rate_limited";

    private const string RequestLimitExceeded = "auth.request_limit_exceeded";
    private const int MaximumLength = 64;

    /// <summary>Where a rate limit stands.</summary>
    private static readonly string[] Places = ["error", "error_message_id", "reason", "message"];

    /// <summary>True when the answer speaks of an error or of no success.</summary>
    public static bool IsIn(AnswerFields fields) => fields.Has("error") || fields.SaysNoSuccess;

    /// <summary>True when the provider answered that it was asked too often.</summary>
    public static bool IsRateLimit(int status, AnswerFields fields) =>
        status == 429 || Places.Any(place => string.Equals(fields.Text(place), RequestLimitExceeded, StringComparison.Ordinal));

    /// <summary>Makes a code safe to show: at most 64 of <c>a-z 0-9 _ . -</c>, anything else as an underscore.</summary>
    public static string? Sanitize(string? code) =>
        code is null ? null : string.Concat(code.Take(MaximumLength).Select(char.ToLowerInvariant).Select(c => IsPlain(c) ? c : '_'));

    private static bool IsPlain(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '.' or '-';
}
