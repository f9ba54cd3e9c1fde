using System.Text.Json;

namespace TokenGateway.Simulator.Control;

/// <summary>The JSON object that a control call may carry; an empty body is an empty object.</summary>
/// <remarks>A value of the wrong kind is a <see cref="FormatException"/>.</remarks>
internal sealed class ControlBody : IDisposable
{
    private readonly JsonDocument _document;

    private ControlBody(JsonDocument document) => _document = document;

    public static async Task<ControlBody> ReadAsync(HttpRequest request)
    {
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes, request.HttpContext.RequestAborted);
        var document = JsonDocument.Parse(bytes.Length == 0 ? "{}"u8.ToArray() : bytes.ToArray());
        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return new ControlBody(document);
        }

        document.Dispose();
        throw new FormatException("the body must be a JSON object");
    }

    public string? Text(string name) => Find(name, JsonValueKind.String, "a string")?.GetString();

    public int? Number(string name) =>
        Find(name, JsonValueKind.Number, "a whole number") is not { } value ? null
        : value.TryGetInt32(out var number) ? number
        : throw new FormatException($"{name} must be a whole number");

    public double? Real(string name) => Find(name, JsonValueKind.Number, "a number")?.GetDouble();

    public bool? Truth(string name) =>
        Raw(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw new FormatException($"{name} must be true or false");

    public TimeSpan? Duration(string name) => Text(name) is { } text ? SettingTable.Duration(text) : null;

    /// <summary>The value as it stands, JSON's own null included; null when the member is absent.</summary>
    public JsonElement? Raw(string name) => _document.RootElement.TryGetProperty(name, out var value) ? value : null;

    /// <summary>Every member as text; null as the empty text.</summary>
    public IEnumerable<(string Name, string Value)> All() =>
        _document.RootElement.EnumerateObject().Select(member => (member.Name, member.Value.ToString()));

    public void Dispose() => _document.Dispose();

    private JsonElement? Find(string name, JsonValueKind kind, string expected) =>
        Raw(name) is not { } value ? null
        : value.ValueKind == kind ? value
        : throw new FormatException($"{name} must be {expected}");
}
