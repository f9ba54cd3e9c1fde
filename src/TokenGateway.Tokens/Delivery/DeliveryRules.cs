using System.Buffers;

namespace TokenGateway.Tokens.Delivery;

/// <summary>
/// Which headers and schemes can carry a token. A credential's settings and a route's transform are held to the same rules.
/// </summary>
internal static class DeliveryRules
{
    /// <summary>Headers that frame a request or are for one hop, and the gateway's own.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Expect", "Host", "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "TE", "TokenGateway-Key", "Trailer",
        "Transfer-Encoding", "Upgrade",
    };

    private static readonly SearchValues<char> SchemeCharacters =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code)]);

    /// <summary>What is wrong with a header's name; null where nothing is.</summary>
    public static string? ProblemOfHeader(string name)
    {
        using var request = new HttpRequestMessage();
        return Reserved.Contains(name)
            ? "is a header that frames a request or is for one hop only; name the one that the API reads the token from"
            : !request.Headers.TryAddWithoutValidation(name, "token")
            ? "cannot carry a token: it is no name of a request's header; name the one that the API reads the token from"
            : null;
    }

    /// <summary>What is wrong with a scheme; null where nothing is.</summary>
    public static string? ProblemOfScheme(string scheme) =>
        scheme.AsSpan().ContainsAnyExcept(SchemeCharacters)
            ? "is not one word of visible ASCII characters; give the word that stands before the token, or \"\" for none"
            : null;
}
