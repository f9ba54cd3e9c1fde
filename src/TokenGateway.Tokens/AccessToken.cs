using System.Security.Cryptography;
using System.Text;

namespace TokenGateway.Tokens;

/// <summary>An access token that may be sent now (RFC 6750). It prints as its fingerprint, never as its value.</summary>
public sealed class AccessToken
{
    private readonly string _header;

    /// <summary>The engine makes them; an application's tests may too.</summary>
    /// <param name="value">The token.</param>
    /// <param name="expiresAt">When it dies.</param>
    public AccessToken(Secret value, DateTimeOffset expiresAt)
    {
        ArgumentNullException.ThrowIfNull(value);
        _header = "Bearer " + value.Reveal();
        ExpiresAt = expiresAt;
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value.Reveal())).AsSpan(0, 4));
    }

    /// <summary>When the token dies, by the provider's word corrected for clock skew.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>The first 8 hexadecimal digits of the token's SHA-256: enough to tell two tokens apart in a log.</summary>
    public string Fingerprint { get; }

    /// <summary>The token's value. Call it only where the token is sent.</summary>
    public string Reveal() => _header["Bearer ".Length..];

    /// <summary>The value of an <c>Authorization</c> header (RFC 6750 §2.1), made once, so that a request allocates nothing.</summary>
    public string RevealHeader() => _header;

    /// <summary>The fingerprint.</summary>
    public override string ToString() => Fingerprint;
}
