using System.Runtime.CompilerServices;
using TokenGateway.Configuration;

namespace TokenGateway.Hosting;

/// <summary>The configuration in force: a copy of one that was found good as a whole. Routes, listeners and settings follow it, so that a bad change reaches none of them.</summary>
internal sealed class AcceptedConfiguration : ConfigurationProvider, IConfigurationSource
{
    private volatile SortedKeys? _keys;

    public AcceptedConfiguration(IConfigurationRoot first)
    {
        Data = Copy(first);
        Root = new ConfigurationBuilder().Add(this).Build();
    }

    public IConfigurationRoot Root { get; }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
        (_keys = SortedKeys.Of(_keys, Data)).ChildrenOf(parentPath, earlierKeys);

    /// <summary>Everything that is in force. Another one takes its place, and leaves this as it is.</summary>
    public IReadOnlyDictionary<string, string?> Values => (Dictionary<string, string?>)Data;

    /// <summary>
    /// Everything that a configuration holds. Not by its <c>AsEnumerable</c>, which goes through every key for every key: with a thousand credentials that takes seconds.
    /// </summary>
    public static Dictionary<string, string?> Copy(IConfigurationRoot configuration)
    {
        var sources = configuration.Providers.Select(provider => DataOf((ConfigurationProvider)provider)).ToList();
        var values = new Dictionary<string, string?>(sources.Sum(source => source.Count), StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in sources.SelectMany(source => source))
        {
            values[key] = value;
        }

        foreach (var (key, _) in values.Where(pair => pair.Value is null).ToArray())
        {
            values.Remove(key);
        }

        return values;
    }

    /// <summary>Puts another one in force, and tells those who follow.</summary>
    public void Accept(Dictionary<string, string?> changed)
    {
        Data = changed;
        OnReload();
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Data")]
    private static extern IDictionary<string, string?> DataOf(ConfigurationProvider provider);
}
