using System.Text;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// A text as UTF-8 without a byte order mark. The bytes say which encoding it is; the charset of a <c>Content-Type</c> is often wrong.
/// </summary>
internal static class TextDecoding
{
    public static ReadOnlySpan<byte> ToUtf8(ReadOnlySpan<byte> text) => text switch
    {
        [0xEF, 0xBB, 0xBF, ..] => text[3..],
        [0xFF, 0xFE, ..] => FromUtf16(text[2..], Encoding.Unicode),
        [0xFE, 0xFF, ..] => FromUtf16(text[2..], Encoding.BigEndianUnicode),

        // JSON and forms begin with an ASCII character.
        [not 0, 0, ..] => FromUtf16(text, Encoding.Unicode),
        [0, not 0, ..] => FromUtf16(text, Encoding.BigEndianUnicode),
        _ => text,
    };

    /// <summary>Half a character at the end is cut off.</summary>
    private static ReadOnlySpan<byte> FromUtf16(ReadOnlySpan<byte> text, Encoding encoding) =>
        Encoding.UTF8.GetBytes(encoding.GetString(text[..(text.Length & ~1)]));
}
