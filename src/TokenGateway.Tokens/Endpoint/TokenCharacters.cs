namespace TokenGateway.Tokens.Endpoint;

/// <summary>Which strings can be tokens at all; the others count as none.</summary>
internal static class TokenCharacters
{
    /// <summary>Visible ASCII: an access token goes into a header, where a space would end it (RFC 6750 §2.1).</summary>
    public static Secret? ToAccessToken(string? value) => value.AsSpan().ContainsAnyExceptInRange('!', '~') ? null : Secret.From(value);

    /// <summary>Printable ASCII (VSCHAR, RFC 6749 appendix A.17).</summary>
    public static Secret? ToRefreshToken(string? value) => value.AsSpan().ContainsAnyExceptInRange(' ', '~') ? null : Secret.From(value);
}
