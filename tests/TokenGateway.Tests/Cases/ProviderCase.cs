using System.Text.Json;
using TokenGateway.Testing;

namespace TokenGateway.Tests.Cases;

/// <summary>
/// What a provider and its API answer, and what the gateway makes of that: data in this folder's <c>*.json</c>. The fields of a case:
/// <list type="bullet">
/// <item><c>settings</c>: the credential's own, as environment variables spell them; null takes one of <see cref="CaseGateway"/>'s away.</item>
/// <item><c>token</c>: the token endpoint's responses by number of the POST, the last one for all further ones; <c>validate</c>: the validate endpoint's.</item>
/// <item><c>accepts</c>: the <c>Authorization</c> values that the API accepts (absent: all); <c>refuses</c>: its response to any other.</item>
/// <item><c>steps</c>: what is done and what must be seen, in order; <c>patience</c>: for how many seconds each step is tried again.</item>
/// </list>
/// </summary>
internal sealed class ProviderCase(JsonElement definition)
{
    private static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(30);

    private static readonly string[] Files = ["answers.json", "providers.json"];

    /// <summary>All there are, by id.</summary>
    public static IReadOnlyDictionary<string, ProviderCase> All { get; } =
        Files.SelectMany(Read).ToDictionary(each => each.Id, StringComparer.Ordinal);

    public string Id { get; } = definition.GetProperty("id").GetString()!;

    public JsonElement Steps => definition.GetProperty("steps");

    public TimeSpan Patience => definition.TryGetProperty("patience", out var seconds) ? TimeSpan.FromSeconds(seconds.GetDouble()) : UsualPatience;

    /// <summary>Settings of the credential; null takes one away.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Settings =>
        definition.TryGetProperty("settings", out var settings)
            ? settings.EnumerateObject().Select(setting => KeyValuePair.Create(setting.Name, setting.Value.GetString()))
            : [];

    /// <param name="number">From 1 on.</param>
    public ScriptedResponse TokenResponse(int number)
    {
        var responses = definition.GetProperty("token");
        return new ScriptedResponse(responses[Math.Min(number, responses.GetArrayLength()) - 1], number);
    }

    /// <summary>Null where the case has no validate endpoint.</summary>
    public ScriptedResponse? Validation => definition.TryGetProperty("validate", out var response) ? new ScriptedResponse(response, 1) : null;

    /// <summary>Null where the API accepts the token.</summary>
    public ScriptedResponse? Refusal(string authorization) =>
        definition.TryGetProperty("accepts", out var accepted) && !accepted.EnumerateArray().Any(each => each.ValueEquals(authorization))
            ? new ScriptedResponse(definition.GetProperty("refuses"), 1)
            : null;

    private static IEnumerable<ProviderCase> Read(string file) =>
        JsonDocument.Parse(RepositoryFile.Read($"tests/TokenGateway.Tests/Cases/{file}")).RootElement.EnumerateArray().Select(each => new ProviderCase(each));
}
