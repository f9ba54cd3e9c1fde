using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens;

/// <summary>
/// One login that was begun: the address to send a browser to (RFC 6749 §4.1.1), and what proves that the answer belongs to it. Every request has a state and a PKCE verifier
/// (RFC 7636) of its own, and is good for one answer. It prints as its credential.
/// </summary>
public sealed class AuthorizationRequest
{
    private const int RandomBytes = 32;

    private readonly CredentialSettings _settings;

    internal AuthorizationRequest(CredentialSettings settings, Uri redirectUri, RandomSource random)
    {
        _settings = settings;
        RedirectUri = redirectUri;
        State = Text(random);
        Verifier = new Secret(Text(random));
        Url = Build(settings.Login.AuthorizationEndpoint!, Challenge(Verifier));
    }

    /// <summary>Where a person logs in and consents. Whoever knows it can end this login, so it is shown to that person only.</summary>
    public Uri Url { get; }

    /// <summary>Where the provider sends the browser back to.</summary>
    public Uri RedirectUri { get; }

    /// <summary>What the answer must bring back. Unguessable: it protects the address that takes the answer.</summary>
    public string State { get; }

    internal Secret Verifier { get; }

    /// <summary>
    /// Whether the answer comes from whom it was asked of (RFC 9207): its <c>iss</c>, where it has one, is the configured <c>Issuer</c>, or of the authorization endpoint's own origin.
    /// </summary>
    public bool IsAnsweredBy(string? issuer) =>
        issuer is null || (_settings.Login.Issuer is { } configured
            ? string.Equals(issuer, configured, StringComparison.Ordinal)
            : Uri.TryCreate(issuer, UriKind.Absolute, out var address) && Uri.Compare(
                address, _settings.Login.AuthorizationEndpoint, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0);

    /// <summary>The credential's name.</summary>
    public override string ToString() => _settings.Name;

    private Uri Build(Uri endpoint, string challenge)
    {
        List<KeyValuePair<string, string>> parameters =
        [
            new("response_type", "code"), new("client_id", _settings.ClientId), new("redirect_uri", RedirectUri.AbsoluteUri), new("state", State),
            new("code_challenge", challenge), new("code_challenge_method", "S256"),
        ];
        if (!string.IsNullOrEmpty(_settings.Scope))
        {
            parameters.Add(new("scope", _settings.Scope));
        }

        // What the endpoint's address asks for by itself stays (RFC 6749 §3.1): audience, access_type, prompt.
        var own = string.Join('&', parameters.Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value)}"));
        return new UriBuilder(endpoint) { Query = endpoint.Query.Length > 1 ? $"{endpoint.Query}&{own}" : own }.Uri;
    }

    private static string Challenge(Secret verifier) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier.Reveal())));

    private static string Text(RandomSource random)
    {
        Span<byte> bytes = stackalloc byte[RandomBytes];
        random.Fill(bytes);
        return Base64Url.EncodeToString(bytes);
    }
}
