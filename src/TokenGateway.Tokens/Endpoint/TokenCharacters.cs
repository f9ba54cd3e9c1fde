namespace TokenGateway.Tokens.Endpoint;

/// <summary>Which strings can be tokens at all.</summary>
internal static class TokenCharacters
{
    /// <summary>Visible ASCII: an access token goes into a header, where a space would end it (RFC 6750 §2.1).</summary>
    public static bool CanBeAccessToken(string? value) => !string.IsNullOrEmpty(value) && !value.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>Printable ASCII (VSCHAR, RFC 6749 appendix A.17).</summary>
    public static bool CanBeRefreshToken(string? value) => !string.IsNullOrEmpty(value) && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
