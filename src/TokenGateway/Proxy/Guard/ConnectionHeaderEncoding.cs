using System.Text;
using Microsoft.Net.Http.Headers;

namespace TokenGateway.Proxy.Guard;

/// <summary>
/// Reads the header <c>Connection</c> so that nothing of it is lost. Where Kestrel finds exactly one of <c>close</c>, <c>keep-alive</c> and <c>upgrade</c> in it, it puts that word in the
/// place of everything, other names included, and they would never be known. Where there are other names, this adds two of these words: such a connection is closed after
/// its request, as a server may close any.
/// </summary>
internal sealed class ConnectionHeaderEncoding : Encoding
{
    private const string Addition = ",close,keep-alive";

    private static readonly ConnectionHeaderEncoding Instance = new();

    /// <summary>For Kestrel's <c>RequestHeaderEncodingSelector</c>.</summary>
    public static Encoding? Select(string header) => ReferenceEquals(header, HeaderNames.Connection) || header.Equals(HeaderNames.Connection, StringComparison.OrdinalIgnoreCase) ? Instance : null;

    public override int GetCharCount(byte[] bytes, int index, int count) => count + (NamesHeader(bytes.AsSpan(index, count)) ? Addition.Length : 0);

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        var source = bytes.AsSpan(byteIndex, byteCount);
        var written = Latin1.GetChars(source, chars.AsSpan(charIndex));
        if (NamesHeader(source))
        {
            Addition.CopyTo(chars.AsSpan(charIndex + written));
            written += Addition.Length;
        }

        return written;
    }

    public override int GetMaxCharCount(int byteCount) => byteCount + Addition.Length;

    public override int GetByteCount(char[] chars, int index, int count) => Latin1.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetMaxByteCount(int charCount) => Latin1.GetMaxByteCount(charCount);

    private static bool NamesHeader(ReadOnlySpan<byte> value)
    {
        foreach (var range in value.Split((byte)','))
        {
            var name = value[range].Trim(" \t"u8);
            if (!name.IsEmpty && !Ascii.EqualsIgnoreCase(name, "close"u8) && !Ascii.EqualsIgnoreCase(name, "keep-alive"u8) && !Ascii.EqualsIgnoreCase(name, "upgrade"u8)
                && !Ascii.EqualsIgnoreCase(name, "te"u8)) // YARP drops it by its own name.
            {
                return true;
            }
        }

        return false;
    }
}
