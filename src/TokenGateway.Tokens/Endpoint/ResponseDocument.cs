namespace TokenGateway.Tokens.Endpoint;

/// <summary>The text of a response: its objects and lists, in the order in which they begin. The first is the top.</summary>
internal sealed class ResponseDocument
{
    private readonly Dictionary<string, AnswerFields> _byPath = new(StringComparer.Ordinal);
    private readonly List<AnswerFields> _all = [];

    public ResponseDocument() => Top = Add("");

    public AnswerFields Top { get; }

    /// <summary>How far the text could be read.</summary>
    public AnswerText State => Top.State;

    /// <summary>All objects and lists below the top.</summary>
    public IEnumerable<AnswerFields> Below => _all.Skip(1);

    /// <summary>Reads any response without throwing: JSON or a form, by its content type and by looking.</summary>
    public static ResponseDocument Read(RawAnswer answer)
    {
        var (body, complete) = ContentDecoding.Decode(answer.Body, answer.Complete, answer.ContentEncoding);
        var text = TextDecoding.ToUtf8(body.Span);
        var document = FormResponse.Is(text, answer.ContentType)
            ? FormResponse.Read(text, complete && !answer.EndsWithConnection)
            : JsonResponse.Read(text, mayBeList: true);
        document.IsComplete = complete;
        return document;
    }

    /// <summary>False where the body broke off, or could not be unpacked to its end.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>The object or list at a path such as <c>data.0.token</c>; null where there is none.</summary>
    public AnswerFields? At(string path) => _byPath.GetValueOrDefault(path);

    /// <summary>A further object or list. Of a path that comes twice the last counts, as it does of a field.</summary>
    public AnswerFields Add(string path)
    {
        var fields = new AnswerFields(path);
        if (_byPath.Remove(path, out var replaced))
        {
            _all.Remove(replaced);
        }

        _byPath.Add(path, fields);
        _all.Add(fields);
        return fields;
    }
}
