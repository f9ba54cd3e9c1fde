using System.Globalization;
using System.Text;
using TokenGateway.Faults.Faults;
using TokenGateway.Faults.Fleet;
using TokenGateway.Faults.Oracle;

namespace TokenGateway.Faults.Report;

/// <summary>What a run came to, for people.</summary>
internal static class RunReport
{
    /// <summary>One line while it goes on.</summary>
    public static string Line(RunStatistics statistics, IReadOnlyList<GatewayFleet> fleets) => string.Create(
        CultureInfo.InvariantCulture,
        $"kills {statistics.Count(FaultGroup.Kill)}, Redis kills {statistics.Count(FaultGroup.RedisKill)}, stops {statistics.Count(FaultGroup.Stop)}, cuts {statistics.Count(FaultGroup.Cut)}, full disks {statistics.Count(FaultGroup.Disk)}; rotations {fleets.Sum(fleet => fleet.Simulator.Counters.Rotations)}; {Losses(fleets)}; violations {fleets.Sum(fleet => fleet.Judge.Violations.Count)}");

    public static string Of(RunStatistics statistics, IReadOnlyList<GatewayFleet> fleets, TimeSpan took, bool markdown)
    {
        var rows = new List<string[]>
        {
            new[] { "faults", Number(statistics.Total) },
            new[] { "of these, gateways killed", Number(statistics.Count(FaultGroup.Kill)) },
            new[] { "Redis servers killed", Number(statistics.Count(FaultGroup.RedisKill)) },
            new[] { "gateways stopped for longer than the lease", Number(statistics.Count(FaultGroup.Stop)) },
            new[] { "networks cut", Number(statistics.Count(FaultGroup.Cut)) },
            new[] { "journal disks full", Number(statistics.Count(FaultGroup.Disk)) },
            new[] { "faults whose moment did not come", Number(statistics.Missed) },
            new[] { "rotations", Number(fleets.Sum(fleet => fleet.Simulator.Counters.Rotations)) },
            new[] { "families lost", Losses(fleets) },
            new[] { "attempts left in doubt", Doubts(fleets) },
            new[] { "naked requests", Number(fleets.Sum(fleet => fleet.Simulator.Counters.Naked)) },
            new[] { "requests", Answers(fleets) },
            new[] { "violations", Number(fleets.Sum(fleet => fleet.Judge.Violations.Count)) },
            new[] { "time", took.ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture) },
        };
        return new StringBuilder()
            .AppendLine(Table.Of(markdown, ["what", "count"], rows))
            .AppendLine()
            .Append(Table.Of(markdown, ["fault", "times", "recovered: n", "p50", "p99", "max", "in doubt: n", "p50", "max"], [.. Kinds(statistics)]))
            .ToString();
    }

    private static IEnumerable<string[]> Kinds(RunStatistics statistics)
    {
        foreach (var (kind, times) in statistics.Hits.OrderBy(pair => pair.Key.Group).ThenBy(pair => pair.Key.Name, StringComparer.Ordinal))
        {
            yield return Row(kind.Name, Number(times), [.. statistics.Samples.Where(sample => sample.Kind == kind.Name)]);
        }

        yield return Row("several at once", "", [.. statistics.Samples.Where(sample => sample.Kind == "several at once")]);
        yield return Row("all", Number(statistics.Total), statistics.Samples);
    }

    private static string[] Row(string name, string times, IReadOnlyList<RecoverySample> samples)
    {
        var (clear, doubt) = (samples.Where(sample => !sample.InDoubt).ToList(), samples.Where(sample => sample.InDoubt).ToList());
        return
        [
            name, times,
            Number(clear.Count), Seconds(clear, 0.5), Seconds(clear, 0.99), Seconds(clear, 1),
            Number(doubt.Count), Seconds(doubt, 0.5), Seconds(doubt, 1),
        ];
    }

    private static string Losses(IReadOnlyList<GatewayFleet> fleets)
    {
        var losses = fleets.SelectMany(fleet => fleet.Judge.Losses).CountBy(loss => loss.Class).ToDictionary();
        return string.Join(", ", Enum.GetValues<LossClass>().Select(kind => $"{kind} {losses.GetValueOrDefault(kind)}"));
    }

    private static string Doubts(IReadOnlyList<GatewayFleet> fleets)
    {
        var doubts = fleets.SelectMany(fleet => fleet.Ledger.Doubts()).Select(time => new RecoverySample("doubt", time, true)).ToList();
        return $"{Number(doubts.Count)}; known again after p50 {Seconds(doubts, 0.5)}, p99 {Seconds(doubts, 0.99)}, max {Seconds(doubts, 1)}";
    }

    private static string Answers(IReadOnlyList<GatewayFleet> fleets) => string.Join(", ", fleets
        .SelectMany(fleet => fleet.Load.Answers)
        .GroupBy(pair => pair.Key, StringComparer.Ordinal)
        .OrderByDescending(group => group.Sum(pair => pair.Value))
        .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Sum(pair => pair.Value)} {group.Key}")));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(List<RecoverySample> samples, double share) =>
        samples.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{RunStatistics.Percentile(samples, share).TotalSeconds:F2} s");
}
