using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TokenGateway.Simulation.Oracle;
using TokenGateway.Simulation.World;

namespace TokenGateway.Simulation.Commands;

/// <summary>The table at the end of a run.</summary>
internal static class Report
{
    private const int MostShown = 20;

    /// <returns>The exit code: 0, or 1 when the engine is to blame for something, or a whole run has left a fault point out.</returns>
    public static int Print(IReadOnlyList<WorldResult> results, TimeSpan took, TextWriter output)
    {
        var totals = new Totals();
        foreach (var result in results)
        {
            totals.Add(result.Totals);
        }

        PrintFaults(totals, output);
        PrintCounts(totals, output);
        var missed = totals[Count.Rotations] < Count.WholeRun ? [] : FaultPoints.All.Where(name => totals[Count.Fault + name] < Count.LeastHits).ToList();
        foreach (var name in missed)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"hit {totals[Count.Fault + name]} times, of {Count.LeastHits} wanted: {name}"));
        }

        PrintVerdict(results, totals, took, output);
        var red = results.Where(result => result.Violations.Count > 0).ToList();
        foreach (var result in red.Take(MostShown))
        {
            output.WriteLine($"seed {result.Plan.Seed}: {result.Violations[0]}");
            output.WriteLine($"    dotnet run -c Release --project tests/TokenGateway.Simulation -- run --seed {result.Plan.Seed} --trace{Without(result.Plan.Without)}");
        }

        return red.Count == 0 && missed.Count == 0 ? 0 : 1;
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
            Count.Rotations, Count.Processes, Count.Crashes, Count.Pauses, Count.Failovers, Count.Cuts, Count.Reseeds, Count.Requests, Count.Refused,
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

    private static void PrintVerdict(IReadOnlyList<WorldResult> results, Totals totals, TimeSpan took, TextWriter output)
    {
        var days = results.Sum(result => result.Elapsed.TotalDays);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{results.Count} worlds, {days:F1} virtual days, {results.Sum(result => result.Steps)} steps in {took.TotalSeconds:F0} s, trace {HashOf(results)}"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"other losses: {totals[Count.Losses + Cause.Other]}, inexcusable double spends: {totals[Count.DoubleSpends + Cause.Other]}, violations: {totals[Count.Violations]}"));
    }

    private static string Without(Mechanism mechanism) => mechanism == Mechanism.None ? "" : $" --without {mechanism}";

    private static string HashOf(IReadOnlyList<WorldResult> results) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(results.Select(result => result.Hash)))));
}
