using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TokenGateway.Simulation.World;

namespace TokenGateway.Simulation.Commands;

/// <summary>The table at the end of a run.</summary>
internal static class Report
{
    /// <returns>The exit code.</returns>
    public static int Print(IReadOnlyList<WorldResult> results, TextWriter output)
    {
        var totals = new Totals();
        foreach (var result in results)
        {
            totals.Add(result.Totals);
        }

        foreach (var (name, count) in totals.Counts)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,10}  {name}"));
        }

        var elapsed = TimeSpan.FromTicks(results.Sum(result => result.Elapsed.Ticks));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{results.Count} worlds, {results.Sum(r => r.Steps)} steps, {elapsed.TotalDays:F1} virtual days, trace {HashOf(results)}"));
        var red = results.Where(result => result.Violations.Count > 0).ToList();
        foreach (var result in red.Take(20))
        {
            output.WriteLine($"seed {result.Plan.Seed}: {result.Violations[0]}");
            output.WriteLine($"    dotnet run -c Release --project tests/TokenGateway.Simulation -- run --seed {result.Plan.Seed} --trace");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{red.Count} worlds with violations"));
        return red.Count == 0 ? 0 : 1;
    }

    private static string HashOf(IReadOnlyList<WorldResult> results) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(results.Select(result => result.Hash)))));
}
