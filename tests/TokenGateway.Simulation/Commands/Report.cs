using System.Globalization;
using TokenGateway.Simulation.Oracle;
using TokenGateway.Simulation.World;

namespace TokenGateway.Simulation.Commands;

/// <summary>The table at the end of a run.</summary>
internal static class Report
{
    /// <returns>The exit code: 0, or 1 when the engine is to blame for something, or a whole run has left a fault point out.</returns>
    public static int Print(Summary summary, TimeSpan took, TextWriter output)
    {
        var totals = summary.Totals;
        PrintFaults(totals, output);
        PrintCounts(totals, output);
        var missed = totals[Count.Rotations] < Count.WholeRun ? [] : FaultPoints.All.Where(name => totals[Count.Fault + name] < Count.LeastHits).ToList();
        foreach (var name in missed)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"hit {totals[Count.Fault + name]} times, of {Count.LeastHits} wanted: {name}"));
        }

        PrintVerdict(summary, took, output);
        foreach (var result in summary.Red)
        {
            output.WriteLine($"seed {result.Plan.Seed}: {result.Violations[0]}");
            output.WriteLine($"    dotnet run -c Release --project tests/TokenGateway.Simulation -- run --seed {result.Plan.Seed} --trace{Without(result.Plan.Without)}");
        }

        return summary.Red.Count == 0 && missed.Count == 0 ? 0 : 1;
    }

    private static void PrintFaults(Totals totals, TextWriter output)
    {
        output.WriteLine("fault points, and how often each was hit:");
        foreach (var (name, count) in totals.Counts.Where(entry => entry.Key.StartsWith(Count.Fault, StringComparison.Ordinal)))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,10}  {name[Count.Fault.Length..]}"));
        }

        output.WriteLine();
    }

    private static void PrintCounts(Totals totals, TextWriter output)
    {
        foreach (var name in new[]
        {
            Count.Rotations, Count.Processes, Count.Crashes, Count.Pauses, Count.Failovers, Count.Cuts, Count.Reseeds, Count.Requests, Count.DeadServed, Count.Refused,
        })
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{totals[name],10}  {name}"));
        }

        foreach (var kind in new[] { Count.Losses, Count.DoubleSpends })
        {
            var causes = Enum.GetValues<Cause>().Select(cause => $"{cause} {totals[kind + cause]}");
            output.WriteLine($"{kind}{string.Join(", ", causes)}");
        }
    }

    private static void PrintVerdict(Summary summary, TimeSpan took, TextWriter output)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Worlds} worlds, {summary.Elapsed.TotalDays:F1} virtual days, {summary.Steps} steps in {took.TotalSeconds:F0} s, trace {summary.Hash}"));
        var totals = summary.Totals;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"other losses: {totals[Count.Losses + Cause.Other]}, inexcusable double spends: {totals[Count.DoubleSpends + Cause.Other]}, violations: {totals[Count.Violations]}"));
    }

    private static string Without(Mechanism mechanism) => mechanism == Mechanism.None ? "" : $" --without {mechanism}";
}
