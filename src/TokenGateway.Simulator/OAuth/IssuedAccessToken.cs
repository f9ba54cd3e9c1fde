using System.Security.Cryptography;
using System.Text;

namespace TokenGateway.Simulator.OAuth;

/// <summary>An access token that the provider issued. It prints as its fingerprint.</summary>
public sealed class IssuedAccessToken
{
    private volatile bool _killed;

    internal IssuedAccessToken(string value, string family, int generation, DateTimeOffset now, TimeSpan lifetime)
    {
        Value = value;
        Family = family;
        Generation = generation;
        Lifetime = lifetime;
        IssuedAt = now;
        ExpiresAt = now + lifetime;
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)).AsSpan(0, 4));
    }

    /// <summary>What goes after <c>Bearer</c>.</summary>
    public string Value { get; }

    /// <summary>The family that it belongs to.</summary>
    public string Family { get; }

    /// <summary>How many rotations the family had made when it was issued; 0 with the seed.</summary>
    public int Generation { get; }

    /// <summary>How long it lives unless it is killed.</summary>
    public TimeSpan Lifetime { get; }

    /// <summary>When it was issued, by the provider's clock.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>When it dies, by the provider's clock.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>The first 8 hexadecimal digits of its SHA-256.</summary>
    public string Fingerprint { get; }

    /// <summary>The fingerprint.</summary>
    public override string ToString() => Fingerprint;

    internal bool IsAlive(DateTimeOffset now) => !_killed && now < ExpiresAt;

    internal void Kill() => _killed = true;
}
