using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Storage.Journal;

/// <summary>
/// Between entries and the bytes of a journal file. A frame is <c>magic, length, key id, checksum of these</c> (four bytes each), then
/// the sealed entry, then zeros up to the next multiple of 16. The header is the associated data of what it heads. As every frame
/// begins at a multiple of 16, a reader that meets damage goes on there: it costs only the frames that it hits.
/// </summary>
internal sealed class JournalFrames(KeyRing keys)
{
    public const int Alignment = 16;
    private const int HeaderSize = 16;

    private static ReadOnlySpan<byte> Magic => "TGJ1"u8;

    /// <summary>The room, in bytes, that a frame takes for a plaintext of this length.</summary>
    public static int SizeFor(int plaintext) => Aligned(HeaderSize + KeyRing.Overhead + plaintext);

    /// <summary>The frame, sealed under the current key, padding included.</summary>
    public byte[] Write(JournalEntry entry)
    {
        var plaintext = JournalEntryCodec.Encode(entry);
        var frame = Seal(plaintext);
        CryptographicOperations.ZeroMemory(plaintext);
        return frame;
    }

    internal byte[] Seal(ReadOnlySpan<byte> plaintext)
    {
        var frame = new byte[SizeFor(plaintext.Length)];
        var header = frame.AsSpan(0, HeaderSize);
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], KeyRing.Overhead + plaintext.Length);
        var keyId = keys.CurrentKeyId; // Read once: it may be another one on the next line.
        Convert.FromHexString(keyId).CopyTo(header[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], Crc32.HashToUInt32(header[..12]));
        keys.Encrypt(keyId, plaintext, header).CopyTo(frame, HeaderSize);
        return frame;
    }

    /// <summary>Every entry that can be read, in order.</summary>
    public JournalReading Read(ReadOnlySpan<byte> file)
    {
        var reading = new JournalReading();
        while (!file.IsEmpty)
        {
            file = file[Math.Min(ReadFirst(file, reading), file.Length)..];
        }

        return reading;
    }

    private static int Aligned(int size) => (size + Alignment - 1) / Alignment * Alignment;

    /// <summary>Reads what the bytes begin with and says how many of them that was.</summary>
    private int ReadFirst(ReadOnlySpan<byte> bytes, JournalReading reading)
    {
        if (SealedLength(bytes) is { } length)
        {
            var keyId = Convert.ToHexStringLower(bytes.Slice(8, 4));
            if (!keys.Knows(keyId))
            {
                reading.AddForeign(keyId);
                return Aligned(HeaderSize + length);
            }

            if (TryOpen(keyId, bytes[..(HeaderSize + length)]) is { } plaintext)
            {
                reading.Add(JournalEntryCodec.Decode(plaintext));
                CryptographicOperations.ZeroMemory(plaintext);
                return Aligned(HeaderSize + length);
            }
        }

        // Space that was never written is zero; anything else is what is left of a frame.
        var step = Math.Min(Alignment, bytes.Length);
        reading.AddDamage(bytes[..step].ContainsAnyExcept((byte)0) ? step : 0);
        return step;
    }

    /// <summary>The length of the sealed entry, where the bytes begin with a whole header and that much follows.</summary>
    private static int? SealedLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize
            || !bytes.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) != Crc32.HashToUInt32(bytes[..12]))
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        return length >= KeyRing.Overhead && length <= bytes.Length - HeaderSize ? length : null;
    }

    private byte[]? TryOpen(string keyId, ReadOnlySpan<byte> frame)
    {
        try
        {
            return keys.Decrypt(keyId, frame[HeaderSize..], frame[..HeaderSize]);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
