using System.Collections.Frozen;
using System.Security.Cryptography;

namespace TokenGateway.Tokens.Records;

/// <summary>The encryption keys: the first encrypts, all decrypt, so that a new key can be brought in without downtime.</summary>
internal sealed class KeyRing
{
    public const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    /// <summary>How much longer, in bytes, what is sealed is than its plaintext.</summary>
    public const int Overhead = NonceSize + TagSize;

    private readonly RandomSource _random;
    private volatile Keys _keys;

    /// <exception cref="ArgumentException">There is no key, or one is not 32 bytes long.</exception>
    public KeyRing(IReadOnlyList<byte[]> keys, RandomSource random)
    {
        if (keys.Count == 0 || keys.Any(key => key.Length != KeySize))
        {
            throw new ArgumentException($"At least one encryption key is needed, each of {KeySize} bytes.", nameof(keys));
        }

        _random = random;
        _keys = new Keys(IdOf(keys[0]), keys.DistinctBy(IdOf, StringComparer.Ordinal).ToFrozenDictionary(IdOf, StringComparer.Ordinal));
    }

    /// <summary>The id of the key that encrypts.</summary>
    public string CurrentKeyId => _keys.CurrentId;

    /// <summary>
    /// Other keys from now on: the first of them encrypts. Those of before go on decrypting in this process, since what is stored is under them until it is written again.
    /// </summary>
    /// <exception cref="ArgumentException">There is no key, or one is not 32 bytes long.</exception>
    public void Replace(IReadOnlyList<byte[]> keys)
    {
        var added = new KeyRing(keys, _random)._keys;
        _keys = new Keys(added.CurrentId, added.ById.Concat(_keys.ById.Where(old => !added.ById.ContainsKey(old.Key))).ToFrozenDictionary(StringComparer.Ordinal));
    }

    public bool Knows(string keyId) => _keys.ById.ContainsKey(keyId);

    /// <summary>AES-256-GCM under a key of <see cref="CurrentKeyId"/>: nonce, tag and ciphertext, bound to <paramref name="associated"/>.</summary>
    public byte[] Encrypt(string keyId, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associated)
    {
        var sealedBytes = new byte[NonceSize + TagSize + plaintext.Length];
        var nonce = sealedBytes.AsSpan(0, NonceSize);
        _random.Fill(nonce);
        using var aes = new AesGcm(_keys.ById[keyId], TagSize);
        aes.Encrypt(nonce, plaintext, sealedBytes.AsSpan(NonceSize + TagSize), sealedBytes.AsSpan(NonceSize, TagSize), associated);
        return sealedBytes;
    }

    /// <exception cref="CryptographicException">The key is unknown, or a bit of the bytes or of what they are bound to has changed.</exception>
    public byte[] Decrypt(string keyId, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> associated)
    {
        if (!_keys.ById.TryGetValue(keyId, out var key) || sealedBytes.Length < NonceSize + TagSize)
        {
            throw new CryptographicException("The key is unknown or the data too short.");
        }

        var plaintext = new byte[sealedBytes.Length - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(
            sealedBytes[..NonceSize], sealedBytes[(NonceSize + TagSize)..], sealedBytes.Slice(NonceSize, TagSize), plaintext, associated);
        return plaintext;
    }

    private static string IdOf(byte[] key) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, "tokengateway key id"u8).AsSpan(0, 4));

    /// <summary>Replaced as a whole, so that nobody sees a part of a change.</summary>
    private sealed class Keys(string currentId, FrozenDictionary<string, byte[]> byId)
    {
        public string CurrentId { get; } = currentId;

        public FrozenDictionary<string, byte[]> ById { get; } = byId;
    }
}
