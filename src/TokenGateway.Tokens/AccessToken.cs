using System.Security.Cryptography;
using System.Text;

namespace TokenGateway.Tokens;

/// <summary>An access token that may be sent now (RFC 6750). It prints as its fingerprint, never as its value.</summary>
public sealed class AccessToken
{
    private readonly string _header;
    private readonly int _start;

    /// <summary>The engine makes them; an application's tests may too.</summary>
    /// <param name="value">The token.</param>
    /// <param name="expiresAt">When it dies.</param>
    /// <param name="scheme">What stands before it in its header, with a space between; empty for the token alone.</param>
    public AccessToken(Secret value, DateTimeOffset expiresAt, string scheme = "Bearer")
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(scheme);
        _start = scheme.Length == 0 ? 0 : scheme.Length + 1;
        _header = scheme.Length == 0 ? value.Reveal() : $"{scheme} {value.Reveal()}";
        ExpiresAt = expiresAt;
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value.Reveal())).AsSpan(0, 4));
    }

    /// <summary>When the token dies, by the provider's word corrected for clock skew.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>The first 8 hexadecimal digits of the token's SHA-256: enough to tell two tokens apart in a log.</summary>
    public string Fingerprint { get; }

    /// <summary>The token's value. Call it only where the token is sent.</summary>
    public string Reveal() => _header[_start..];

    /// <summary>The value of the header that carries the token, <c>Authorization</c> unless the credential's <see cref="TokenDelivery"/> says otherwise; made once, so that a request allocates nothing.</summary>
    public string RevealHeader() => _header;

    /// <summary>The fingerprint.</summary>
    public override string ToString() => Fingerprint;
}
