using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// The error codes of a token response, from all the places where providers put one. Free text such as <c>error_description</c> is never
/// taken for a code.
/// </summary>
internal static class ErrorCodes
{
    private const string RequestLimitExceeded = "auth.request_limit_exceeded";

    private static readonly string[] AtTop =
        ["error", "error_code", "errorCode", "code", "error_message_id", "reason", "status", "message"];
    private static readonly string[] InError = ["code", "status", "type", "error"];
    private static readonly string[] InFirstOfErrors = ["code", "errorType", "error", "type"];

    /// <summary>RFC 6749 §5.2 but for <c>invalid_grant</c>: the request was refused before the refresh token was looked at.</summary>
    private static readonly HashSet<string> Refusals = new(StringComparer.Ordinal)
    {
        "invalid_request", OAuthError.InvalidClient, "unauthorized_client", "unsupported_grant_type", "invalid_scope",
    };

    public static IReadOnlyList<string> Of(ResponseDocument response, CredentialSettings settings)
    {
        // A list of errors may be all there is.
        string[] tops = settings.ResponsePath is { } path ? ["", "0", path] : ["", "0"];
        return [.. tops.SelectMany(top => At(response, top)).OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    /// <summary>True when the provider answered that it was asked too often.</summary>
    public static bool IsRateLimit(IReadOnlyList<string> codes) => codes.Contains(RequestLimitExceeded, StringComparer.Ordinal);

    /// <summary>The code that the credential lists as one of a dead refresh token; else null.</summary>
    public static string? FindListedDeadGrant(IReadOnlyList<string> codes, CredentialSettings settings) =>
        codes.FirstOrDefault(settings.InvalidGrantErrors.Contains);

    /// <summary>The code that the credential lists as one that spends nothing; else null.</summary>
    public static string? FindListedRefusal(IReadOnlyList<string> codes, CredentialSettings settings) =>
        codes.FirstOrDefault(settings.UnspentErrors.Contains);

    public static bool HasInvalidGrant(IReadOnlyList<string> codes) => codes.Contains(OAuthError.InvalidGrant, StringComparer.Ordinal);

    /// <summary>The code of RFC 6749 that says that the request was refused and nothing spent; else null.</summary>
    public static string? FindRefusal(IReadOnlyList<string> codes) => codes.FirstOrDefault(Refusals.Contains);

    /// <summary>True when something looks like a code, known or not: a word, and no number.</summary>
    public static bool HasAny(IReadOnlyList<string> codes) =>
        codes.Any(code => code.Any(char.IsAsciiLetter) && !code.Any(char.IsWhiteSpace));

    private static IEnumerable<string?> At(ResponseDocument response, string top)
    {
        IEnumerable<string?> Scalars(string path, string[] names) =>
            response.At(Within(top, path)) is { } fields ? names.Select(fields.Scalar) : [];
        return
        [
            .. Scalars("", AtTop),
            .. Scalars("error", InError),
            .. Scalars("errors.0", InFirstOfErrors),
            .. Scalars("errors", [.. InFirstOfErrors, "0"]),
        ];
    }

    private static string Within(string top, string path) => top.Length == 0 ? path : path.Length == 0 ? top : $"{top}.{path}";
}
