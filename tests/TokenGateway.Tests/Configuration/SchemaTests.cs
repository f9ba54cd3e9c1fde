using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using TokenGateway.Configuration;
using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tests.Configuration;

/// <summary>The schema that editors complete <c>appsettings.json</c> by says what the readers read: no more, no less.</summary>
public sealed partial class SchemaTests
{
    private const string Section = "TokenGateway";

    private static readonly JsonElement Schema = JsonDocument.Parse(RepositoryFile.Read("appsettings.schema.json")).RootElement;

    [Fact]
    public void Schema_names_exactly_the_settings_that_are_read()
    {
        var read = new SortedSet<string>(StringComparer.Ordinal);
        var root = new RecordingConfiguration(Root([]), read);
        TokenGatewaySettingsReader.Read(root);
        GatewaySettingsReader.Read(root);

        var asked = read.Where(path => path.StartsWith(Section + ":", StringComparison.Ordinal)).Select(AnyName).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(asked.Order(StringComparer.Ordinal), Properties().Select(property => property.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Choices_and_defaults_of_the_schema_are_accepted()
    {
        var problems = Properties()
            .SelectMany(property => Samples(property.Schema).Select(sample => (Path: OneName(property.Path), sample)))
            .SelectMany(sample => Errors(sample.Path, sample.sample).Select(error => $"{sample.Path} = {sample.sample}: {error}"));

        Assert.Empty(problems);
    }

    [Fact]
    public void Pattern_of_durations_accepts_what_the_reader_accepts()
    {
        var pattern = new Regex(
            Properties().First(property => property.Path == "TokenGateway:ShutdownDelay").Schema.GetProperty("pattern").GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1));
        foreach (var (text, good) in new[] { ("00:00:05", true), ("00:00:00.5", true), ("1.00:00:00", true), ("30", false), ("00:30", false), ("-00:00:01", false) })
        {
            Assert.Equal(good, pattern.IsMatch(text));
            Assert.Equal(good, !Errors("TokenGateway:ShutdownDelay", text).Any());
        }
    }

    [Fact]
    public void Defaults_of_the_schema_are_those_that_are_read()
    {
        var (said, read) = (ReadCredential([.. Defaults()]), ReadCredential([]));

        // Collections are compared by reference.
        var plum = read.Plum with
        {
            ExtraParameters = said.Plum.ExtraParameters,
            InvalidGrantErrors = said.Plum.InvalidGrantErrors,
            InvalidGrantStatuses = said.Plum.InvalidGrantStatuses,
            UnspentErrors = said.Plum.UnspentErrors,
            UnspentStatuses = said.Plum.UnspentStatuses,
        };
        Assert.Equal(plum, said.Plum);
        Assert.Equal(read.Store, said.Store);
        Assert.Equal((read.Gateway.ShutdownDelay, read.Gateway.DrainTimeout), (said.Gateway.ShutdownDelay, said.Gateway.DrainTimeout));
        Assert.Equal((read.Gateway.Management, read.Gateway.Inbound.AllowAnonymous), (said.Gateway.Management, said.Gateway.Inbound.AllowAnonymous));
        Assert.True(Defaults().Count() > 30);
    }

    [Fact]
    public void Page_of_settings_says_what_the_schema_says()
    {
        var rows = RepositoryFile.Read("docs/settings.md").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal));

        Assert.Equal(Properties().Where(property => IsSetting(property.Schema)).Select(Row), rows);
    }

    [Fact]
    public void Schema_keeps_the_names_of_built_in_presets()
    {
        var names = Schema.GetProperty("properties").GetProperty(Section).GetProperty("properties").GetProperty("Presets").GetProperty("propertyNames").GetProperty("not").GetProperty("enum");

        Assert.Equal(
            ProviderPresets.BuiltIn.All.Select(preset => preset.Name).Order(StringComparer.Ordinal),
            names.EnumerateArray().Select(name => name.GetString()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Sample_names_the_schema()
    {
        using var sample = JsonDocument.Parse(RepositoryFile.Read("appsettings.json"));

        Assert.Equal("./appsettings.schema.json", sample.RootElement.GetProperty("$schema").GetString());
    }

    private static string Row((string Path, JsonElement Schema) property)
    {
        var text = property.Schema.GetProperty("description").GetString()!.Replace(" Written [d.]hh:mm:ss[.fffffff].", "", StringComparison.Ordinal);
        var choices = property.Schema.TryGetProperty("enum", out var values) ? $" One of {string.Join(", ", values.EnumerateArray().Select(value => $"`{value}`"))}." : "";
        var initial = property.Schema.TryGetProperty("default", out var value) ? $"`{(value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetRawText() : value.ToString())}`" : "–";
        return $"| `{property.Path.Replace(":*", ":NAME", StringComparison.Ordinal)}` | {initial} | {text}{choices} |";
    }

    /// <summary>Sections are no settings; a map whose names are the user's own is one.</summary>
    private static bool IsSetting(JsonElement schema) =>
        !schema.TryGetProperty("properties", out _)
        && !(schema.TryGetProperty("additionalProperties", out var inner) && inner.ValueKind == JsonValueKind.Object && inner.TryGetProperty("properties", out _));

    private static IEnumerable<KeyValuePair<string, string?>> Defaults() => Properties()
        .Where(property => property.Schema.TryGetProperty("default", out _))
        .Select(property => KeyValuePair.Create(OneName(property.Path), (string?)property.Schema.GetProperty("default").ToString()));

    private static (CredentialSettings Plum, StoreSettings Store, GatewaySettings Gateway) ReadCredential(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var root = Root(settings.Append(KeyValuePair.Create<string, string?>("TokenGateway:Credentials:plum:TokenEndpoint", "https://login.example.com/token")));
        var (tokens, gateway) = (TokenGatewaySettingsReader.Read(root), GatewaySettingsReader.Read(root));
        Assert.Empty(tokens.Errors);
        Assert.Empty(gateway.Errors);
        return (tokens.Value!.Credentials["plum"], tokens.Value.Store, gateway.Value!);
    }

    private static IEnumerable<(string Path, JsonElement Schema)> Properties() => Within(Section, Schema.GetProperty("properties").GetProperty(Section));

    private static IEnumerable<(string Path, JsonElement Schema)> Within(string path, JsonElement schema)
    {
        if (path is $"{Section}:Credentials" or $"{Section}:Presets")
        {
            yield return ($"{path}:*", schema);
            foreach (var inner in Within($"{path}:*", schema.GetProperty("additionalProperties")))
            {
                yield return inner;
            }
        }

        if (schema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject())
            {
                yield return ($"{path}:{property.Name}", property.Value);
                foreach (var inner in Within($"{path}:{property.Name}", property.Value))
                {
                    yield return inner;
                }
            }
        }
    }

    private static string AnyName(string path) => path.Replace(":plum", ":*", StringComparison.Ordinal).Replace(":acme", ":*", StringComparison.Ordinal);

    private static string OneName(string path) => path.Replace("Presets:*", "Presets:acme", StringComparison.Ordinal).Replace(":*", ":plum", StringComparison.Ordinal);

    private static IEnumerable<string> Samples(JsonElement schema) =>
        (schema.TryGetProperty("enum", out var values) ? values.EnumerateArray() : [])
        .Concat(schema.TryGetProperty("default", out var value) ? [value] : Array.Empty<JsonElement>())
        .Select(sample => sample.ToString());

    private static IEnumerable<string> Errors(string path, string value)
    {
        var root = Root([KeyValuePair.Create<string, string?>(path, value)]);
        return TokenGatewaySettingsReader.Read(root).Errors.Concat(GatewaySettingsReader.Read(root).Errors).Where(error => error.Path == path).Select(error => error.Message)
            .Where(message => !NeedsAnother().IsMatch(message));
    }

    private static IConfigurationRoot Root(IEnumerable<KeyValuePair<string, string?>> settings) => new ConfigurationBuilder()
        .AddInMemoryCollection([
            KeyValuePair.Create<string, string?>("TokenGateway:Credentials:plum:ClientId", "client"),
            KeyValuePair.Create<string, string?>("TokenGateway:Presets:acme:Source", "a page"),
            .. settings])
        .Build();

    /// <summary>What is wrong with one setting only because of another that stands beside it.</summary>
    [GeneratedRegex("ReusePolicy is Grace", RegexOptions.NonBacktracking)]
    private static partial Regex NeedsAnother();

    /// <summary>Notes every path that is asked for.</summary>
    private class RecordingConfiguration(IConfiguration inner, SortedSet<string> read) : IConfiguration
    {
        public string? this[string key]
        {
            get => inner[key];
            set => inner[key] = value;
        }

        public IEnumerable<IConfigurationSection> GetChildren() => inner.GetChildren().Select(Recorded);

        public IChangeToken GetReloadToken() => inner.GetReloadToken();

        public IConfigurationSection GetSection(string key)
        {
            var section = inner.GetSection(key);
            read.Add(section.Path);
            return Recorded(section);
        }

        private RecordingSection Recorded(IConfigurationSection section) => new(section, read);
    }

    private sealed class RecordingSection(IConfigurationSection inner, SortedSet<string> read) : RecordingConfiguration(inner, read), IConfigurationSection
    {
        public string Key => inner.Key;

        public string Path => inner.Path;

        public string? Value
        {
            get => inner.Value;
            set => inner.Value = value;
        }
    }
}
