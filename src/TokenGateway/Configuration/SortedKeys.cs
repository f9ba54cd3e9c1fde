namespace TokenGateway.Configuration;

/// <summary>
/// The keys of one configuration source, in order: those below a section stand side by side. The framework goes through all of a source's keys to list the children of one section, which
/// with a thousand credentials was most of a start.
/// </summary>
internal sealed class SortedKeys
{
    private readonly IDictionary<string, string?> _source;
    private readonly string[] _keys;

    private SortedKeys(IDictionary<string, string?> source)
    {
        _source = source;
        _keys = [.. source.Keys];
        Array.Sort(_keys, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Those of <paramref name="source"/>: the ones known already, if they are its.</summary>
    /// <param name="known">Keys of an earlier call, perhaps of another source; null where there are none.</param>
    /// <param name="source">Keys can be added to it, and it can be replaced as a whole; no key is ever taken away.</param>
    public static SortedKeys Of(SortedKeys? known, IDictionary<string, string?> source) =>
        known is not null && ReferenceEquals(known._source, source) && known._keys.Length == source.Count ? known : new SortedKeys(source);

    /// <summary>The names of the direct children of a section, and <paramref name="earlier"/> ones, in the order of configuration keys: what <see cref="ConfigurationProvider.GetChildKeys" /> gives, where a name may stand more than once.</summary>
    public IEnumerable<string> ChildrenOf(string? section, IEnumerable<string> earlier)
    {
        var prefix = section is null ? "" : section + ConfigurationPath.KeyDelimiter;
        var names = new List<string>(earlier);
        var first = Array.BinarySearch(_keys, prefix, StringComparer.OrdinalIgnoreCase);
        string? last = null;
        for (var i = first < 0 ? ~first : first; i < _keys.Length && _keys[i].StartsWith(prefix, StringComparison.OrdinalIgnoreCase); i++)
        {
            var name = NameAt(_keys[i], prefix.Length);
            if (last is null || !name.SequenceEqual(last))
            {
                names.Add(last = name.ToString());
            }
        }

        names.Sort(ConfigurationKeyComparer.Instance);
        return names;
    }

    private static ReadOnlySpan<char> NameAt(string key, int start)
    {
        var rest = key.AsSpan(start);
        var end = rest.IndexOf(ConfigurationPath.KeyDelimiter);
        return end < 0 ? rest : rest[..end];
    }
}
