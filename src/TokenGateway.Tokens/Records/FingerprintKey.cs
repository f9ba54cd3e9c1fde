using System.Security.Cryptography;
using System.Text;

namespace TokenGateway.Tokens.Records;

/// <summary>
/// The random key under which refresh tokens are recognised again. It travels encrypted inside the record and is never derived
/// from an encryption key, so that a change of keys makes no spent token look new.
/// </summary>
internal sealed class FingerprintKey
{
    private readonly byte[] _key;

    public FingerprintKey(ReadOnlySpan<byte> key) => _key = key.ToArray();

    public static FingerprintKey Create(RandomSource random)
    {
        Span<byte> key = stackalloc byte[32];
        random.Fill(key);
        return new FingerprintKey(key);
    }

    /// <summary>64 bits of HMAC-SHA-256, in hexadecimal.</summary>
    public string Of(Secret token) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(token.Reveal())).AsSpan(0, 8));

    public byte[] Reveal() => [.. _key];

    public override string ToString() => "***";
}
