using System.Text;
using System.Text.Json;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// The top-level strings, numbers and booleans of a JSON answer, read in one pass that keeps everything up to the point where the text
/// ends or stops being JSON. Only whole values count, so a token that was cut in the middle is no token.
/// </summary>
internal sealed class AnswerFields
{
    // As lenient as can be: what a careless provider writes must not cost a pair.
    private static readonly JsonReaderOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = AnswerBody.Limit,
    };

    private readonly Dictionary<string, Field> _fields = new(StringComparer.Ordinal);

    private AnswerFields() { }

    /// <summary>How far the text could be read.</summary>
    public AnswerText State { get; private set; }

    /// <summary>True when <c>success</c> is there and says no: 0 or false, as a value or as a string.</summary>
    public bool SaysNoSuccess => Scalar("success") is "0" or "false";

    /// <summary>Reads any bytes without throwing.</summary>
    public static AnswerFields Read(ReadOnlySpan<byte> utf8)
    {
        var fields = new AnswerFields();
        var json = utf8.StartsWith(Encoding.UTF8.Preamble) ? utf8[Encoding.UTF8.Preamble.Length..] : utf8;
        var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(Lenient));
        try
        {
            fields.State = fields.Collect(ref reader);
        }
        catch (JsonException)
        {
            fields.State = AnswerText.NotJson;
        }

        return fields;
    }

    /// <summary>The string of that name; null when there is none, or when it is empty.</summary>
    public string? Text(string name) => _fields.TryGetValue(name, out var field) && field.Type == JsonTokenType.String ? field.Text : null;

    /// <summary>The string, number or boolean of that name as text.</summary>
    public string? Scalar(string name) => _fields.TryGetValue(name, out var field) ? field.Text : null;

    /// <summary>True when the name has a value that is neither null nor the empty string, of whatever type.</summary>
    public bool Has(string name) => _fields.ContainsKey(name);

    private AnswerText Collect(ref Utf8JsonReader reader)
    {
        if (reader.Read() && reader.TokenType != JsonTokenType.StartObject)
        {
            return AnswerText.NotJson;
        }

        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
            {
                var name = ReadString(ref reader);
                if (!reader.Read())
                {
                    return AnswerText.CutShort;
                }

                Keep(name, ref reader);
            }
        }

        return reader is { TokenType: JsonTokenType.EndObject, CurrentDepth: 0 } ? AnswerText.Whole : AnswerText.CutShort;
    }

    private void Keep(string? name, ref Utf8JsonReader reader)
    {
        if (name is null || reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        var text = reader.TokenType switch
        {
            JsonTokenType.String => ReadString(ref reader),
            JsonTokenType.Number => Encoding.ASCII.GetString(reader.ValueSpan),
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            _ => null,
        };

        // An empty string says as little as null: it neither hides a value that came before nor one that comes after.
        if (text is "")
        {
            return;
        }

        // Of a name that comes twice the last value counts, as with other readers, unless it is not a value that anyone could use.
        if (text is not null || !_fields.ContainsKey(name))
        {
            _fields[name] = new Field(reader.TokenType, text);
        }
    }

    /// <summary>Null when the text is not valid Unicode.</summary>
    private static string? ReadString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private readonly struct Field(JsonTokenType type, string? text)
    {
        public JsonTokenType Type { get; } = type;

        public string? Text { get; } = text;
    }
}

/// <summary>How far an answer could be read as one JSON object.</summary>
internal enum AnswerText
{
    /// <summary>From its first brace to its last, with nothing after it.</summary>
    Whole,

    /// <summary>The text ends inside the object, or before it.</summary>
    CutShort,

    /// <summary>From some point on it is not JSON, or it is not an object.</summary>
    NotJson,
}
