using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TokenGateway.Tokens;

/// <summary>
/// Every id, nonce and jitter comes from here, so that a simulation can replay a run from its seed.
/// <see cref="System"/> is the operating system's generator.
/// </summary>
internal abstract class RandomSource
{
    public static RandomSource System { get; } = new OperatingSystemSource();

    public abstract void Fill(Span<byte> destination);

    /// <summary>A new id: 128 random bits in hexadecimal.</summary>
    public string NextId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>A number from 0 up to, but not including, 1.</summary>
    public double NextDouble()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return (BinaryPrimitives.ReadUInt64LittleEndian(bytes) >> 11) * (1.0 / (1UL << 53));
    }

    private sealed class OperatingSystemSource : RandomSource
    {
        public override void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
    }
}
