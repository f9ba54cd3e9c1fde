namespace TokenGateway.Hosting;

/// <summary>In what two configurations differ.</summary>
internal sealed class ConfigurationChange
{
    private const string Credentials = "TokenGateway:Credentials:";

    /// <summary>What is read once, at the start.</summary>
    private static readonly string[] AtStartOnly = ["Urls", "HTTP_PORTS", "HTTPS_PORTS", "TokenGateway:Store", "TokenGateway:Management:Url", "TokenGateway:DrainTimeout", "Logging"];

    private ConfigurationChange(IReadOnlyList<string> keys) => Keys = keys;

    /// <summary>Every key that was added, removed or given another value.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>The names of the credentials among them; blind to case.</summary>
    public HashSet<string> ChangedCredentials => Keys
        .Where(key => key.StartsWith(Credentials, StringComparison.OrdinalIgnoreCase))
        .Select(key => key[Credentials.Length..].Split(':')[0])
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The settings among them that only a restart brings into force.</summary>
    public IReadOnlyList<string> NeedRestart => [.. Keys
        .Where(key => Array.Exists(AtStartOnly, prefix => key.Equals(prefix, StringComparison.OrdinalIgnoreCase) || key.StartsWith(prefix + ":", StringComparison.OrdinalIgnoreCase)))
        .Order(StringComparer.OrdinalIgnoreCase)];

    public static ConfigurationChange Between(Dictionary<string, string?> before, Dictionary<string, string?> after) => new(
        [.. before.Keys.Union(after.Keys, StringComparer.OrdinalIgnoreCase).Where(key => before.GetValueOrDefault(key) != after.GetValueOrDefault(key))]);
}
