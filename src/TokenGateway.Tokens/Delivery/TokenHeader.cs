using System.Buffers;
using System.Net.Http.Headers;

namespace TokenGateway.Tokens.Delivery;

/// <summary>The header that carries a token: what the caller has put there is taken out of a request, ours is put in.</summary>
/// <remarks>
/// Taken out as well is what only the API would read as that header: many a server makes <c>_</c>, or any mark, out of <c>-</c> before it
/// looks (<c>HTTP_PROXY_AUTHORIZATION</c>).
/// </remarks>
internal sealed class TokenHeader
{
    private const string Authorization = "Authorization";

    private static readonly SearchValues<char> Usual =
        SearchValues.Create("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly TokenHeader Default = new(Authorization);

    private readonly string[] _letters;
    private readonly bool _isUsual;

    private TokenHeader(string name)
    {
        Name = name;
        _letters = [LettersOf(name), "authorization", "proxyauthorization", "tokengatewaykey"];
        _isUsual = !name.AsSpan().ContainsAnyExcept(Usual);
    }

    public string Name { get; }

    public static TokenHeader Of(string name) => name == Authorization ? Default : new TokenHeader(name);

    /// <summary>
    /// Sends the token in this header, and the caller's own credentials not at all. Allocates nothing where the caller has sent none in a
    /// strange spelling.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// It cannot be sent in this header; the settings are checked for that, so it is a defect. The request must not be sent.
    /// </exception>
    public void Set(HttpRequestHeaders headers, string value)
    {
        headers.Remove(Authorization);
        headers.Remove(Name);
        DropOtherSpellings(headers);
        if (!headers.TryAddWithoutValidation(Name, value))
        {
            throw new InvalidOperationException($"A token cannot be sent in the header {Name}.");
        }
    }

    private void DropOtherSpellings(HttpRequestHeaders headers)
    {
        List<string>? found = null;
        foreach (var header in headers.NonValidated)
        {
            if ((!_isUsual || header.Key.AsSpan().ContainsAnyExcept(Usual)) && IsAnotherSpelling(header.Key))
            {
                (found ??= []).Add(header.Key);
            }
        }

        foreach (var name in found ?? (IEnumerable<string>)[])
        {
            headers.Remove(name);
        }
    }

    private bool IsAnotherSpelling(string name) => _letters.Contains(LettersOf(name), StringComparer.OrdinalIgnoreCase);

    private static string LettersOf(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit));
}
