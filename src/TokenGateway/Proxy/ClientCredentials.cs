using System.Buffers;
using System.Net.Http.Headers;

namespace TokenGateway.Proxy;

/// <summary>
/// A client's own credentials in a spelling of which only the upstream thinks that it is one: many a server makes <c>_</c>, or any mark, out of <c>-</c> before it looks
/// (<c>HTTP_PROXY_AUTHORIZATION</c>). The proper spellings are dropped elsewhere.
/// </summary>
internal static class ClientCredentials
{
    private static readonly SearchValues<char> Usual = SearchValues.Create("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly string[] Names = ["authorization", "proxyauthorization", "tokengatewaykey"];

    /// <summary>Allocates nothing where there is none.</summary>
    public static void Drop(HttpRequestHeaders headers)
    {
        List<string>? found = null;
        foreach (var header in headers.NonValidated)
        {
            if (header.Key.AsSpan().ContainsAnyExcept(Usual) && Spells(header.Key))
            {
                (found ??= []).Add(header.Key);
            }
        }

        foreach (var name in found ?? (IEnumerable<string>)[])
        {
            headers.Remove(name);
        }
    }

    private static bool Spells(string name) =>
        Names.Contains(string.Concat(name.Where(char.IsAsciiLetterOrDigit)), StringComparer.OrdinalIgnoreCase);
}
