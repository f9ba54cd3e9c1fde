using TokenGateway.Tokens;
using TokenGateway.Tokens.Delivery;

namespace TokenGateway.Proxy;

/// <summary>
/// The token of one route: whose it is, and in which header it goes. What the route does not say, the credential's settings do.
/// </summary>
/// <param name="credential">The credential's name.</param>
/// <param name="header">The route's own <c>Header</c>, or null.</param>
/// <param name="scheme">The route's own <c>Scheme</c>, "" for none, or null.</param>
/// <param name="tokens">The engine.</param>
internal sealed class RouteToken(string credential, string? header, string? scheme, ITokenManager tokens)
{
    private static readonly TokenDelivery Removed = new();

    private volatile TokenHeader _header = TokenHeader.Of(header ?? "Authorization");
    private volatile Written? _written;

    public string Credential => credential;

    /// <summary>By the settings of now, which can change while the route stays.</summary>
    public TokenDelivery Delivery
    {
        get
        {
            try
            {
                return tokens.GetDelivery(credential);
            }
            catch (KeyNotFoundException)
            {
                return Removed; // While a request was under way: its response must pass.
            }
        }
    }

    /// <summary>Sends the token with the request, and none of the client's own credentials.</summary>
    public void Set(HttpRequestMessage request, AccessToken token, TokenDelivery delivery) =>
        HeaderOf(delivery).Set(request.Headers, scheme is null ? token.RevealHeader() : ValueOf(token, scheme));

    /// <summary>The token that a request was sent with; null where it carries none of this route's.</summary>
    public string? SentWith(HttpRequestMessage? request, TokenDelivery delivery)
    {
        if (request?.Headers.NonValidated.TryGetValues(HeaderOf(delivery).Name, out var sent) != true)
        {
            return null;
        }

        var (value, word) = (sent.ToString(), scheme ?? delivery.Scheme);
        return word.Length == 0 ? value
            : value.Length > word.Length && value[word.Length] == ' ' && value.StartsWith(word, StringComparison.Ordinal)
            ? value[(word.Length + 1)..]
            : null;
    }

    private TokenHeader HeaderOf(TokenDelivery delivery)
    {
        var (known, name) = (_header, header ?? delivery.Header);
        return known.Name == name ? known : _header = TokenHeader.Of(name);
    }

    /// <summary>
    /// Under a scheme of the route's own the header's value is written once for each token, as it is under the credential's.
    /// </summary>
    private string ValueOf(AccessToken token, string word)
    {
        var written = _written;
        if (written?.Token != token)
        {
            written = new Written(token, new AccessToken(new Secret(token.Reveal()), token.ExpiresAt, word).RevealHeader());
            _written = written;
        }

        return written.Value;
    }

    private sealed class Written(AccessToken token, string value)
    {
        public AccessToken Token => token;

        public string Value => value;
    }
}
