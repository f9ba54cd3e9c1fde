using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace TokenGateway.Simulator.OAuth;

/// <summary>
/// The authorization code grant, strictly (RFC 6749 §4.1, RFC 7636): a code is good once and for a minute, for the client and the redirect that it was asked for with, and with the
/// verifier of its challenge. One that comes again revokes what it gave (§4.1.2). Thread safe.
/// </summary>
internal sealed class AuthorizationCodes(Provider provider, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, IssuedCode> _codes = new(StringComparer.Ordinal);

    /// <summary>A person has consented.</summary>
    public string Issue(string redirectUri, string challenge)
    {
        var code = RandomNumberGenerator.GetHexString(40, lowercase: true);
        lock (_gate)
        {
            _codes[code] = new IssuedCode(redirectUri, challenge, time.GetUtcNow() + Lifetime);
        }

        return code;
    }

    /// <summary>Exchanges a code.</summary>
    /// <returns>What the provider says; a grant begins a new family.</returns>
    public RotationResult Exchange(string code, string? redirectUri, string? verifier)
    {
        lock (_gate)
        {
            if (!_codes.TryGetValue(code, out var issued))
            {
                return provider.RefuseLogin("unknown authorization code");
            }

            if (issued.Family is { } given)
            {
                provider.RevokeFamily(given);
                return provider.RefuseLogin("authorization code already used");
            }

            if (Mistake(issued, redirectUri, verifier) is { } mistake)
            {
                // Whoever sends it wrongly has it from somewhere: it is worth nothing from now on.
                _codes.Remove(code);
                return provider.RefuseLogin(mistake);
            }

            var granted = provider.BeginFamily(out var family);
            issued.Family = family;
            return granted;
        }
    }

    private string? Mistake(IssuedCode issued, string? redirectUri, string? verifier) =>
        time.GetUtcNow() >= issued.ExpiresAt ? "authorization code expired"
        : !string.Equals(issued.RedirectUri, redirectUri, StringComparison.Ordinal) ? "redirect_uri is another one than was asked for"
        : verifier is not { Length: >= 43 and <= 128 } ? "code_verifier is missing, or not of 43 to 128 characters"
        : !string.Equals(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))), issued.Challenge, StringComparison.Ordinal)
            ? "code_verifier does not match code_challenge"
        : null;

    private sealed class IssuedCode(string redirectUri, string challenge, DateTimeOffset expiresAt)
    {
        public string RedirectUri { get; } = redirectUri;

        public string Challenge { get; } = challenge;

        public DateTimeOffset ExpiresAt { get; } = expiresAt;

        /// <summary>What it gave; null until it is used.</summary>
        public string? Family { get; set; }
    }
}
