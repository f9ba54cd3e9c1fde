using System.Buffers;

namespace TokenGateway.Tokens.Configuration;

/// <summary>Addresses to which secrets are sent.</summary>
internal static class EndpointSetting
{
    private static readonly SearchValues<char> TokenTypeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>An absolute HTTPS address; plain HTTP only to loopback, or where <paramref name="allowInsecureHttp"/> says so.</summary>
    public static Uri? Endpoint(this SettingsReader reader, string key, bool allowInsecureHttp)
    {
        if (reader.Text(key)?.Trim() is not { } text)
        {
            return null;
        }

        // On Unix "/path" is an absolute file: URI, so the scheme tells what is absolute.
        var problem = !Uri.TryCreate(text, UriKind.Absolute, out var address) || !(Is(address, Uri.UriSchemeHttps) || Is(address, Uri.UriSchemeHttp))
            ? "is not an absolute address; write it with its scheme, as in https://login.example.com/token"
            : Problem(address, allowInsecureHttp);
        if (problem is null)
        {
            return address;
        }

        reader.Report(key, problem);
        return null;
    }

    /// <summary>The provider's base address, to which paths are appended: without a slash at its end.</summary>
    public static string? OAuthUrl(this SettingsReader reader, bool allowInsecureHttp)
    {
        var address = reader.Endpoint("OAuthUrl", allowInsecureHttp);
        if (address?.Query.Length > 0)
        {
            reader.Report("OAuthUrl", "holds a query, but paths are appended to it; remove that part");
        }

        return address?.AbsoluteUri.TrimEnd('/');
    }

    public static string? TokenType(this SettingsReader reader)
    {
        var type = reader.Text("TokenType")?.Trim();
        if (type is null || !type.AsSpan().ContainsAnyExcept(TokenTypeCharacters))
        {
            return type;
        }

        reader.Report("TokenType", "is a part of the token endpoint's path, as in user or company; use letters, digits, _ and -");
        return null;
    }

    /// <summary>Why secrets may not be sent to this absolute address; null when they may.</summary>
    public static string? Problem(Uri address, bool allowInsecureHttp) =>
        address.UserInfo.Length > 0 || address.Fragment.Length > 0
            ? "holds a user name or a fragment; remove that part"
        : Is(address, Uri.UriSchemeHttp) && !address.IsLoopback && !allowInsecureHttp
            ? "is plain http, which shows secrets to the network; use https, or set AllowInsecureHttp to true on this credential"
        : null;

    private static bool Is(Uri address, string scheme) => address.Scheme.Equals(scheme, StringComparison.Ordinal);
}
