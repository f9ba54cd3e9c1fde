using System.Text.Json;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// The strings, numbers and booleans of one object of a response, by name; of a list, by index. Only whole values count: a token that was
/// cut in the middle is no token.
/// </summary>
/// <param name="path">Where it stands, as <c>data.0.token</c>; empty at the top.</param>
internal sealed class AnswerFields(string path)
{
    private readonly Dictionary<string, Field> _fields = new(StringComparer.Ordinal);

    public string Path { get; } = path;

    /// <summary>How far the text could be read.</summary>
    public AnswerText State { get; set; }

    /// <summary>True when <c>success</c> is there and says no: 0 or false, as a value or as a string.</summary>
    public bool SaysNoSuccess => Scalar("success") is "0" or "false";

    /// <summary>The fields at the top of a JSON object. Reads any bytes without throwing.</summary>
    public static AnswerFields Read(ReadOnlySpan<byte> json) => JsonResponse.Read(TextDecoding.ToUtf8(json), mayBeList: false).Top;

    /// <summary>The string of that name; null when there is none, or when it is empty.</summary>
    public string? Text(string name) => _fields.TryGetValue(name, out var field) && field.Type == JsonTokenType.String ? field.Text : null;

    /// <summary>The string, number or boolean of that name as text.</summary>
    public string? Scalar(string name) => _fields.TryGetValue(name, out var field) ? field.Text : null;

    /// <summary>True when the name has a value that is neither null nor the empty string, of whatever type.</summary>
    public bool Has(string name) => _fields.ContainsKey(name);

    /// <summary>Keeps a value.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">What it is.</param>
    /// <param name="text">The value; null for an object, a list, or a string that is not valid Unicode.</param>
    public void Keep(string name, JsonTokenType type, string? text)
    {
        // An empty string says as little as null: it neither hides a value that came before nor one that comes after.
        if (type == JsonTokenType.Null || text is "")
        {
            return;
        }

        // Of a name that comes twice the last value counts, as with other readers, unless it is not a value that anyone could use.
        if (text is not null || !_fields.ContainsKey(name))
        {
            _fields[name] = new Field(type, text);
        }
    }

    private readonly record struct Field(JsonTokenType Type, string? Text);
}

/// <summary>How far a response could be read.</summary>
internal enum AnswerText
{
    /// <summary>From its beginning to its end, with nothing after it.</summary>
    Whole,

    /// <summary>The text ends inside the object, or before it.</summary>
    CutShort,

    /// <summary>From some point on it is neither JSON nor a form.</summary>
    NotJson,
}
