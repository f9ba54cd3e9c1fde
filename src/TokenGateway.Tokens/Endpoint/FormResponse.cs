using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// Reads a response that is a form (<c>application/x-www-form-urlencoded</c>), as some providers send unless they are asked for JSON.
/// </summary>
internal static class FormResponse
{
    private const string MediaType = "application/x-www-form-urlencoded";
    private const int LongestFirstName = 64;

    private static readonly SearchValues<byte> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-%+"u8);

    public static bool Is(ReadOnlySpan<byte> text, string? contentType)
    {
        var start = text.TrimStart(" \t\r\n"u8);
        if (start is [] or [(byte)'{' or (byte)'[' or (byte)'<', ..])
        {
            return false;
        }

        var firstName = start.IndexOf((byte)'=');
        return contentType?.StartsWith(MediaType, StringComparison.OrdinalIgnoreCase) == true
            || (firstName is > 0 and <= LongestFirstName && !start[..firstName].ContainsAnyExcept(NameCharacters));
    }

    /// <param name="text">The form.</param>
    /// <param name="whole">
    /// True where its end is known to be there. Nothing in a form says so, so that otherwise its last value may be half a token.
    /// </param>
    public static ResponseDocument Read(ReadOnlySpan<byte> text, bool whole)
    {
        var document = new ResponseDocument();
        var parts = Encoding.UTF8.GetString(text).Trim().Split('&');
        foreach (var part in whole ? parts : parts[..^1])
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                document.Top.Keep(WebUtility.UrlDecode(part[..equals]), JsonTokenType.String, WebUtility.UrlDecode(part[(equals + 1)..]));
            }
        }

        document.Top.State = whole ? AnswerText.Whole : AnswerText.CutShort;
        return document;
    }
}
