using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>Reads JSON in one pass that keeps everything up to the point where the text ends or stops being JSON.</summary>
internal ref struct JsonResponse
{
    /// <summary>Objects deeper than this are passed over: no provider puts a token there.</summary>
    private const int DeepestLevel = 8;

    /// <summary>
    /// Of the objects and lists that are kept, and of the names on the way to one, so that a hostile text takes little room.
    /// </summary>
    private const int MostObjects = 1000;
    private const int LongestName = 64;

    // As lenient as can be: what a careless provider writes must not cost a pair.
    private static readonly JsonReaderOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = AnswerBody.Limit,
    };

    private readonly ResponseDocument _document = new();
    private readonly Stack<Level> _open = new();
    private Utf8JsonReader _reader;
    private int _objects;

    private JsonResponse(ReadOnlySpan<byte> utf8) => _reader = new Utf8JsonReader(utf8, isFinalBlock: false, new JsonReaderState(Lenient));

    /// <summary>Reads any bytes without throwing.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="mayBeList">False where only an object says anything.</param>
    public static ResponseDocument Read(ReadOnlySpan<byte> utf8, bool mayBeList)
    {
        var json = new JsonResponse(utf8);
        json._document.Top.State = json.Collect(mayBeList);
        return json._document;
    }

    private AnswerText Collect(bool mayBeList)
    {
        try
        {
            var isList = _reader.Read() && _reader.TokenType == JsonTokenType.StartArray;
            if (_reader.TokenType is not (JsonTokenType.None or JsonTokenType.StartObject) && !(isList && mayBeList))
            {
                return AnswerText.NotJson;
            }

            _open.Push(new Level(_document.Top, isList));
            string? name = null;
            while (_reader.Read())
            {
                name = Take(name);
            }
        }
        catch (JsonException)
        {
            return AnswerText.NotJson;
        }

        var isClosed = _reader is { TokenType: JsonTokenType.EndObject or JsonTokenType.EndArray, CurrentDepth: 0 };
        return isClosed ? AnswerText.Whole : AnswerText.CutShort;
    }

    /// <returns>The name of the value that follows; null where none is known.</returns>
    private string? Take(string? name)
    {
        if (_reader.TokenType == JsonTokenType.PropertyName)
        {
            return ReadString();
        }

        if (_reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
        {
            _open.Pop();
            return null;
        }

        var level = _open.Peek();
        name = level.IsList ? level.Next() : name;
        if (name is not null)
        {
            level.Fields?.Keep(name, _reader.TokenType, ReadScalar());
        }

        if (_reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            _open.Push(new Level(Open(level, name), _reader.TokenType == JsonTokenType.StartArray));
        }

        return null;
    }

    /// <summary>Null where it is passed over.</summary>
    private AnswerFields? Open(Level level, string? name)
    {
        var isPassedOver = name is not { Length: > 0 and <= LongestName } || _open.Count >= DeepestLevel || _objects == MostObjects;
        if (level.Fields is null || isPassedOver)
        {
            return null;
        }

        _objects++;
        return _document.Add(level.Fields.Path.Length == 0 ? name! : $"{level.Fields.Path}.{name}");
    }

    private string? ReadScalar() => _reader.TokenType switch
    {
        JsonTokenType.String => ReadString(),
        JsonTokenType.Number => Encoding.ASCII.GetString(_reader.ValueSpan),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => null,
    };

    /// <summary>Null when the text is not valid Unicode.</summary>
    private string? ReadString()
    {
        try
        {
            return _reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>An object or a list that has begun.</summary>
    private sealed class Level(AnswerFields? fields, bool isList)
    {
        private int _next;

        /// <summary>Null where it is passed over.</summary>
        public AnswerFields? Fields { get; } = fields;

        public bool IsList { get; } = isList;

        public string Next() => (_next++).ToString(CultureInfo.InvariantCulture);
    }
}
