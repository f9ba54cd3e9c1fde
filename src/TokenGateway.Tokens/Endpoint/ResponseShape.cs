using System.Text;
using System.Text.Json;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>What may be shown of a response that may hold tokens: its status, type and length, and the names and types of its fields. Never a value.</summary>
/// <param name="Response">The status, the content type and the length.</param>
/// <param name="ContentEncoding">The content encoding; null where there is none.</param>
/// <param name="Fields">Each field as its path and type, such as <c>data.access_token: string</c>; none where the body is neither a JSON object nor a form.</param>
internal sealed record ResponseShape(string Response, string? ContentEncoding, IReadOnlyList<string> Fields)
{
    /// <summary>The most fields, levels and characters of a name that are shown: a response can be of any kind.</summary>
    private const int MostFields = 40;

    private const int MostLevels = 4;
    private const int LongestName = 40;

    public static ResponseShape Of(RawAnswer response)
    {
        var encoding = response.ContentEncoding is { } value ? Printable(value) : null;
        return new ResponseShape(response.ToString(), encoding, encoding is not null ? [] : FieldsOf(response.Body.Span));
    }

    /// <summary>In one line, for people.</summary>
    public override string ToString() =>
        $"{Response}{(ContentEncoding is null ? "" : $", encoded as {ContentEncoding}")}{(Fields.Count == 0 ? "" : $", with {string.Join(", ", Fields)}")}";

    private static IReadOnlyList<string> FieldsOf(ReadOnlySpan<byte> body)
    {
        var fields = new List<string>();
        var reader = new Utf8JsonReader(body, isFinalBlock: false, default);
        try
        {
            Collect(ref reader, fields);
        }
        catch (JsonException)
        {
            // What was there until then is all that can be told.
        }

        return fields.Count > 0 ? fields : FormFieldsOf(body);
    }

    private static void Collect(ref Utf8JsonReader reader, List<string> fields)
    {
        var path = new List<string>();
        while (reader.Read() && fields.Count < MostFields)
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth > MostLevels)
            {
                continue;
            }

            var name = NameOf(ref reader);
            path.RemoveRange(Math.Min(path.Count, reader.CurrentDepth - 1), path.Count - Math.Min(path.Count, reader.CurrentDepth - 1));
            path.Add(name);
            fields.Add($"{string.Join('.', path)}: {(reader.Read() ? TypeOf(reader.TokenType) : "cut off")}");
        }
    }

    private static string NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return Printable(reader.GetString()!);
        }
        catch (InvalidOperationException)
        {
            return "?"; // No valid Unicode.
        }
    }

    private static string TypeOf(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "object",
        JsonTokenType.StartArray => "array",
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number",
        JsonTokenType.Null => "null",
        _ => "boolean",
    };

    private static IReadOnlyList<string> FormFieldsOf(ReadOnlySpan<byte> body)
    {
        var parts = Encoding.Latin1.GetString(body).Split('&');
        return parts.Length <= MostFields && parts.All(part => part.IndexOf('=') is > 0 and <= LongestName)
            ? [.. parts.Select(part => $"{Printable(part[..part.IndexOf('=')])}: text")]
            : [];
    }

    /// <summary>A name that is longer than any may be a value in the wrong place.</summary>
    private static string Printable(string name) => name.Length > LongestName
        ? $"({name.Length} characters)"
        : string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' ? c : '_'));
}
