namespace TokenGateway.Hosting;

/// <summary>In what two configurations differ.</summary>
internal sealed class ConfigurationChange
{
    private const string Credentials = "TokenGateway:Credentials:";
    private const string Presets = "TokenGateway:Presets:";
    private const string Preset = ":Preset";

    /// <summary>What is read once, at the start.</summary>
    private static readonly string[] AtStartOnly = ["Urls", "HTTP_PORTS", "HTTPS_PORTS", "TokenGateway:Store", "TokenGateway:Management:Url", "TokenGateway:DrainTimeout", "Logging"];

    private readonly IReadOnlyDictionary<string, string?> _after;

    private ConfigurationChange(IReadOnlyList<string> keys, IReadOnlyDictionary<string, string?> after) => (Keys, _after) = (keys, after);

    /// <summary>Every key that was added, removed or given another value.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>The names of the credentials among them, and of those whose preset is among them; blind to case.</summary>
    public HashSet<string> ChangedCredentials
    {
        get
        {
            var presets = NamesBelow(Presets, Keys).ToHashSet(StringComparer.OrdinalIgnoreCase);
            var users = _after
                .Where(setting => setting.Key.EndsWith(Preset, StringComparison.OrdinalIgnoreCase) && presets.Contains(setting.Value?.Trim() ?? ""))
                .Select(setting => setting.Key);
            return NamesBelow(Credentials, Keys.Concat(users)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        }
    }

    /// <summary>The settings among them that only a restart brings into force.</summary>
    public IReadOnlyList<string> NeedRestart => [.. Keys.Where(IsReadAtStart).Order(StringComparer.OrdinalIgnoreCase)];

    public static ConfigurationChange Between(IReadOnlyDictionary<string, string?> before, IReadOnlyDictionary<string, string?> after) => new(
        [.. before.Keys.Where(key => !after.ContainsKey(key)), .. after.Keys.Where(key => !before.TryGetValue(key, out var value) || value != after[key])], after);

    /// <summary>What only a restart brings into force, of a whole configuration.</summary>
    public static IReadOnlyDictionary<string, string?> ReadAtStart(IReadOnlyDictionary<string, string?> configuration) =>
        configuration.Where(setting => IsReadAtStart(setting.Key)).ToDictionary(StringComparer.OrdinalIgnoreCase);

    private static bool IsReadAtStart(string key) =>
        Array.Exists(AtStartOnly, prefix => key.Equals(prefix, StringComparison.OrdinalIgnoreCase) || key.StartsWith(prefix + ":", StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> NamesBelow(string section, IEnumerable<string> keys) =>
        keys.Where(key => key.StartsWith(section, StringComparison.OrdinalIgnoreCase)).Select(key => key[section.Length..].Split(':')[0]);
}
