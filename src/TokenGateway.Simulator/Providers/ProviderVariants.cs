using System.Text.Json;
using TokenGateway.Simulator.Control;

namespace TokenGateway.Simulator;

/// <summary>
/// Providers to behave like, as <c>--provider NAME</c> names them: each is a set of this simulator's own options (<c>providers.json</c>), as strict as that provider, with the lifetimes
/// that it documents.
/// </summary>
public static class ProviderVariants
{
    private static readonly Dictionary<string, SimulatorOptions> All = Load();

    /// <summary>The names, in alphabetical order.</summary>
    public static IReadOnlyCollection<string> Names { get; } = [.. All.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The options of a provider, by its name, case aside.</summary>
    /// <exception cref="FormatException">There is none of that name.</exception>
    public static SimulatorOptions Find(string name) =>
        All.GetValueOrDefault(name) ?? throw new FormatException($"provider must be one of {string.Join(", ", Names)}");

    private static Dictionary<string, SimulatorOptions> Load()
    {
        using var stream = typeof(ProviderVariants).Assembly.GetManifestResourceStream("TokenGateway.Simulator.Providers.providers.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.EnumerateObject().ToDictionary(
            provider => provider.Name,
            provider => provider.Value.EnumerateObject()
                .Aggregate(new SimulatorOptions(), (options, member) => SettingTable.Apply(options, member.Name, member.Value.ToString(), $"{provider.Name}: {member.Name}")).Checked(),
            StringComparer.OrdinalIgnoreCase);
    }
}
