using System.Security.Cryptography;
using System.Text;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Hosting;

/// <summary>
/// Keys that callers present. They are kept as hashes, compared in constant time, and read again from their files every
/// <see cref="RereadAfter"/>, so that a key can be replaced without a restart.
/// </summary>
internal sealed class SecretSet(IReadOnlyList<SecretSource> first, TimeProvider time)
{
    private static readonly TimeSpan RereadAfter = TimeSpan.FromSeconds(5);

    private volatile IReadOnlyList<SecretSource> _sources = first;
    private volatile bool _configured = first.Any(source => source.IsConfigured);
    private volatile byte[][] _hashes = Read(first, []);
    private long _readAt = time.GetTimestamp();

    /// <summary>True when a key is asked for, also while its file is missing: then nobody has it.</summary>
    public bool IsConfigured => _configured;

    /// <summary>Other keys from now on.</summary>
    public void Replace(IReadOnlyList<SecretSource> sources)
    {
        _hashes = Read(sources, []);
        _sources = sources;
        _configured = sources.Any(source => source.IsConfigured);
    }

    public bool Contains(ReadOnlySpan<char> candidate)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(candidate, hash);
        var found = false;
        foreach (var known in Current())
        {
            // No early exit: the time must not tell which key came close.
            found |= CryptographicOperations.FixedTimeEquals(known, hash);
        }

        return found;
    }

    private byte[][] Current()
    {
        var readAt = Volatile.Read(ref _readAt);
        if (time.GetElapsedTime(readAt) >= RereadAfter &&
            Interlocked.CompareExchange(ref _readAt, time.GetTimestamp(), readAt) == readAt)
        {
            _hashes = Read(_sources, _hashes);
        }

        return _hashes;
    }

    private static byte[][] Read(IReadOnlyList<SecretSource> sources, byte[][] previous)
    {
        try
        {
            return [.. sources.Select(source => source.Read()).OfType<Tokens.Secret>().Select(secret =>
            {
                var hash = new byte[SHA256.HashSizeInBytes];
                Hash(secret.Reveal(), hash);
                return hash;
            })];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return previous;
        }
    }

    private static void Hash(ReadOnlySpan<char> text, Span<byte> hash)
    {
        const int OnStack = 512;
        var size = Encoding.UTF8.GetByteCount(text);
        var utf8 = size <= OnStack ? stackalloc byte[OnStack] : new byte[size];
        SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(text, utf8)], hash);
    }
}
