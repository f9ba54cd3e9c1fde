namespace TokenGateway.Faults.Faults;

/// <summary>Which faults a fleet will meet, in which order. The same seed gives the same plan.</summary>
internal static class FaultPlan
{
    private static readonly IReadOnlyList<FaultKind> Catalogue = [.. GatewayKills.All, .. RedisKills.All, .. GatewayStops.All, .. NetworkCuts.All];

    public static IReadOnlyList<FaultKind> Make(FaultCounts counts, bool failsOver, string only, Random random)
    {
        var plan = new List<FaultKind>();
        foreach (var (group, count) in counts.ByGroup)
        {
            var kinds = Catalogue.Where(kind => kind.Group == group && (failsOver || !kind.NeedsFailover) && kind.Name.Contains(only, StringComparison.Ordinal)).ToList();
            plan.AddRange(kinds.Count == 0 ? [] : Deal(kinds, count, random));
        }

        return [.. plan.OrderBy(_ => random.Next())];
    }

    /// <summary>Like cards: every kind comes before one comes again.</summary>
    private static IEnumerable<FaultKind> Deal(List<FaultKind> kinds, int count, Random random)
    {
        var deck = kinds.SelectMany(kind => Enumerable.Repeat(kind, kind.Weight)).ToArray();
        for (var dealt = 0; dealt < count; dealt++)
        {
            if (dealt % deck.Length == 0)
            {
                random.Shuffle(deck);
                deck = [.. deck.DistinctBy(kind => kind), .. deck.GroupBy(kind => kind).SelectMany(group => group.Skip(1))];
            }

            yield return deck[dealt % deck.Length];
        }
    }
}

/// <summary>How many faults of each group.</summary>
internal sealed record FaultCounts(int Kills, int RedisKills, int Stops, int Cuts, int Disks)
{
    public IEnumerable<(FaultGroup Group, int Count)> ByGroup =>
    [
        (FaultGroup.Kill, Kills), (FaultGroup.RedisKill, RedisKills), (FaultGroup.Stop, Stops), (FaultGroup.Cut, Cuts), (FaultGroup.Disk, Disks),
    ];

    public int Total => Kills + RedisKills + Stops + Cuts + Disks;

    /// <summary>This fleet's part, rounded up.</summary>
    public FaultCounts Share(double part) => new(Part(Kills, part), Part(RedisKills, part), Part(Stops, part), Part(Cuts, part), Part(Disks, part));

    private static int Part(int count, double part) => (int)Math.Ceiling((count * part) - 1e-6);
}
