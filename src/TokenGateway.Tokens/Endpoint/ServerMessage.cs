using System.Globalization;
using System.Text;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// What a provider says to people about an error (<c>error_description</c> and the like), fit to be shown: printable, short, and without
/// anything that could be a token.
/// </summary>
internal static class ServerMessage
{
    private const int Longest = 200;

    /// <summary>
    /// A word from this length on that holds a digit may be a token, unless it is a GUID: those are the numbers under which a provider's
    /// support finds a call.
    /// </summary>
    private const int ShortestToken = 20;

    /// <summary>A word from this length on may be a token in any case.</summary>
    private const int LongestWord = 41;

    private const string Hidden = "***";

    private static readonly (string Path, string Name)[] Places =
    [
        ("", "error_description"), ("", "errorDescription"), ("error", "message"), ("error", "error_description"),
        ("errors.0", "message"), ("errors.0", "detail"), ("", "message"), ("", "msg"), ("", "error_message"), ("", "errorMessage"),
        ("0", "message"), ("", "detail"), ("", "error"),
    ];

    /// <summary>Null where the response says nothing, or there is none.</summary>
    /// <param name="exchange">What came back.</param>
    /// <param name="settings">The credential, whose secret is not shown either.</param>
    /// <param name="sent">The refresh token or code that was sent: some servers repeat it.</param>
    public static string? Of(TokenExchange exchange, CredentialSettings settings, Secret sent) =>
        exchange is TokenExchange.Answered { Answer: var answer } ? Of(answer, settings, sent) : null;

    /// <inheritdoc cref="Of(TokenExchange, CredentialSettings, Secret)"/>
    public static string? Of(RawAnswer answer, CredentialSettings settings, Secret sent)
    {
        var response = ResponseDocument.Read(answer);

        // A word without a space is a code, and shown as one.
        var said = Places.Select(place => response.At(place.Path)?.Text(place.Name)?.Trim()).FirstOrDefault(IsSentence);
        if (said is null)
        {
            return null;
        }

        ClientProof.TryReadSecret(settings, out var clientSecret);
        foreach (var secret in new[] { sent, clientSecret }.OfType<Secret>())
        {
            said = said.Replace(secret.Reveal(), Hidden, StringComparison.OrdinalIgnoreCase);
        }

        var printable = HideTokens(Printable(said));
        return printable.Length > Longest ? printable[..Longest] : printable;
    }

    private static bool IsSentence(string? text) => text?.Contains(' ', StringComparison.Ordinal) == true;

    /// <summary>A code, and what the server said about it.</summary>
    public static string Describe(string code, string? said) => said is null ? code : $"{code}: {said}";

    /// <summary>On one line; without what could steer a terminal or turn the direction of a text around.</summary>
    private static string Printable(string text)
    {
        var printable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            printable.Append(IsPrintable(rune) ? rune.ToString() : " ");
        }

        return string.Join(' ', printable.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static string HideTokens(string text)
    {
        var shown = new StringBuilder(text.Length);
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            while (end < text.Length && IsTokenCharacter(text[end]))
            {
                end++;
            }

            // A full stop at the end is the sentence's.
            while (end > start && text[end - 1] == '.')
            {
                end--;
            }

            var word = text.AsSpan(start, end - start);
            shown.Append(MayBeToken(word) ? Hidden : word);
            if (end < text.Length)
            {
                shown.Append(text[end]);
            }

            start = end + 1;
        }

        return shown.ToString();
    }

    private static bool MayBeToken(ReadOnlySpan<char> word) =>
        word.Length >= LongestWord || (word.Length >= ShortestToken && word.ContainsAnyInRange('0', '9') && !Guid.TryParse(word, out _));

    private static bool IsTokenCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '+' or '/' or '=';
}
