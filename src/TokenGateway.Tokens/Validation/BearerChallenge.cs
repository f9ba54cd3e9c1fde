using System.Net.Http.Headers;

namespace TokenGateway.Tokens.Validation;

/// <summary>What a 401 says about the token that it refuses (RFC 6750 §3).</summary>
internal static class BearerChallenge
{
    /// <summary>True where a Bearer challenge calls the token itself dead. A bare 401 may as well mean the caller's rights, or the path.</summary>
    public static bool SaysInvalidToken(IEnumerable<AuthenticationHeaderValue> challenges) => challenges.Any(challenge =>
        string.Equals(challenge.Scheme, "Bearer", StringComparison.OrdinalIgnoreCase)
        && (challenge.Parameter ?? "").Split(',').Any(static parameter => NameValueHeaderValue.TryParse(parameter, out var pair)
            && string.Equals(pair.Name, "error", StringComparison.OrdinalIgnoreCase)
            && pair.Value?.Trim('"') == "invalid_token"));
}
