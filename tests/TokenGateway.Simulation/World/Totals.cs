namespace TokenGateway.Simulation.World;

/// <summary>What was counted in one world, or in all of them together.</summary>
internal sealed class Totals
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long> Counts => _counts;

    public long this[string name] => _counts.GetValueOrDefault(name);

    public void Add(string name, long count = 1) => _counts[name] = this[name] + count;

    public void Add(Totals other)
    {
        foreach (var (name, count) in other.Counts)
        {
            Add(name, count);
        }
    }
}
