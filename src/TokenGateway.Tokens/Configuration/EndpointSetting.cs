namespace TokenGateway.Tokens.Configuration;

/// <summary>Addresses to which secrets are sent.</summary>
internal static class EndpointSetting
{
    /// <summary>An absolute HTTPS address; plain HTTP only to loopback, or where <paramref name="allowInsecureHttp"/> says so.</summary>
    public static Uri? Endpoint(this SettingsReader reader, string key, bool allowInsecureHttp)
    {
        if (reader.Text(key)?.Trim() is not { } text)
        {
            return null;
        }

        if (Problem(text, allowInsecureHttp, out var address) is not { } problem)
        {
            return address;
        }

        reader.Report(key, problem);
        return null;
    }

    // On Unix "/path" is an absolute file: URI, so the scheme tells what is absolute.
    private static string? Problem(string text, bool allowInsecureHttp, out Uri? address) =>
        !Uri.TryCreate(text, UriKind.Absolute, out address) || !(Is(address, Uri.UriSchemeHttps) || Is(address, Uri.UriSchemeHttp))
            ? "is not an absolute address; write it with its scheme, as in https://login.example.com/token"
        : address.UserInfo.Length > 0 || address.Fragment.Length > 0
            ? "holds a user name or a fragment; remove that part"
        : Is(address, Uri.UriSchemeHttp) && !address.IsLoopback && !allowInsecureHttp
            ? "is plain http, which shows secrets to the network; use https, or set AllowInsecureHttp to true on this credential"
        : null;

    private static bool Is(Uri address, string scheme) => address.Scheme.Equals(scheme, StringComparison.Ordinal);
}
