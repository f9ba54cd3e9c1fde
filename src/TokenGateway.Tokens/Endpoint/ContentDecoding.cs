using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// Unpacks a body (RFC 9110 §8.4), whether or not the request asked for it to be packed. What came before a cut or an error is still unpacked:
/// it may hold a whole token. At most <see cref="AnswerBody.Limit"/> bytes come out, however much is packed into the body.
/// </summary>
internal static class ContentDecoding
{
    /// <summary>Of codings over codings. No honest server uses more than one.</summary>
    private const int MostCodings = 3;

    /// <param name="body">As received.</param>
    /// <param name="complete">False where the body broke off.</param>
    /// <param name="contentEncoding">The header of that name; null where there was none.</param>
    /// <returns>The body as text, and whether all of it is there.</returns>
    public static (ReadOnlyMemory<byte> Body, bool Complete) Decode(ReadOnlyMemory<byte> body, bool complete, string? contentEncoding)
    {
        var codings = (contentEncoding ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var coding in codings.Reverse().Take(MostCodings))
        {
            (body, complete) = Unpack(coding.ToLowerInvariant(), body, complete);
        }

        // A server or a proxy that forgets to say so.
        return IsGzip(body.Span) ? Unpack("gzip", body, complete) : (body, complete);
    }

    private static (ReadOnlyMemory<byte> Body, bool Complete) Unpack(string coding, ReadOnlyMemory<byte> body, bool complete)
    {
        if (IsPlain(body.Span))
        {
            // The header is there and the packing is not: a proxy has unpacked the body.
            return (body, complete);
        }

        var (unpacked, ended) = coding switch
        {
            "gzip" or "x-gzip" => IsGzip(body.Span) ? Read(body, packed => new GZipStream(packed, CompressionMode.Decompress)) : default,
            "deflate" when IsZlib(body.Span) => Read(body, packed => new ZLibStream(packed, CompressionMode.Decompress)),
            "deflate" => Read(body, packed => new DeflateStream(packed, CompressionMode.Decompress)),
            "br" => Read(body, packed => new BrotliStream(packed, CompressionMode.Decompress)),
            _ => default,
        };
        if (unpacked is not { Length: > 0 })
        {
            return (body, complete);
        }

        // GZipStream looks for another member after the last one, so that reaching the end does not tell it from a cut: the length in the
        // trailer does (RFC 1952 §2.3.1).
        var whole = IsGzip(body.Span) ? BinaryPrimitives.ReadUInt32LittleEndian(body.Span[^sizeof(uint)..]) == unpacked.Length : ended;
        return (unpacked, complete && whole);
    }

    private static (byte[]? Unpacked, bool Ended) Read(ReadOnlyMemory<byte> body, Func<Stream, Stream> open)
    {
        var buffer = new byte[AnswerBody.Limit];
        var count = 0;
        using var packed = new ByteByByte(body.ToArray());
        using var stream = open(packed);
        try
        {
            int read;
            do
            {
                read = stream.Read(buffer, count, buffer.Length - count);
                count += read;
            }
            while (read > 0 && count < buffer.Length);
        }
        catch (Exception error) when (error is InvalidDataException or InvalidOperationException or IOException)
        {
            return (buffer[..count], false);
        }

        return (buffer[..count], !packed.RanOut && count < buffer.Length);
    }

    private static bool IsGzip(ReadOnlySpan<byte> body) => body.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]) && body.Length > sizeof(uint);

    /// <summary>Servers disagree on whether <c>deflate</c> has zlib's header (RFC 9110 §8.4.1.2).</summary>
    private static bool IsZlib(ReadOnlySpan<byte> body) =>
        body.Length > 1 && (body[0] & 0x0f) == 8 && BinaryPrimitives.ReadUInt16BigEndian(body) % 31 == 0;

    /// <summary>No packed grant is ASCII throughout, or begins as JSON does.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> body) => Ascii.IsValid(body) || body[0] is (byte)'{' or (byte)'[';

    /// <summary>
    /// Hands out one byte at a time, so that a decoder which meets a cut or an error has given out all that came before it.
    /// </summary>
    private sealed class ByteByByte(byte[] body) : MemoryStream(body, writable: false)
    {
        /// <summary>True when the decoder wanted more than there was.</summary>
        public bool RanOut { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = base.Read(buffer, offset, Math.Min(count, 1));
            RanOut |= read == 0;
            return read;
        }
    }
}
