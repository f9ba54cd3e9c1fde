using System.CommandLine;
using System.Globalization;

namespace TokenGateway.Benchmarks;

/// <summary><c>propagation</c>: how long after one replica rotates every other replica uses the new token.</summary>
internal static class PropagationCommand
{
    public static Command Create()
    {
        var rotations = new Option<int>("--rotations") { Description = "Forced rotations per store.", DefaultValueFactory = _ => 1000 };
        var replicas = new Option<int>("--replicas") { Description = "Replicas on one store.", DefaultValueFactory = _ => 3 };
        var limit = new Option<double?>("--limit") { Description = "Exit with 1 when the p99 is above this many milliseconds." };
        var command = new Command("propagation", "From the moment at which one replica has a new pair until every other one uses it, for both stores.")
        {
            rotations, replicas, limit,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var slow = false;
            foreach (var store in new[] { "Embedded", "Redis" })
            {
                await using var fleet = await PropagationFleet.StartAsync(store, parsed.GetValue(replicas), cancellationToken);
                var lags = await fleet.MeasureAsync(parsed.GetValue(rotations), cancellationToken);
                Print(store, fleet.Description, lags);
                slow |= Percentile(lags, 0.99) > (parsed.GetValue(limit) ?? double.MaxValue);
            }

            return slow ? 1 : 0;
        });
        return command;
    }

    private static void Print(string store, string description, List<double> lags) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{store,-9} {lags.Count,6} lags  p50 {Percentile(lags, 0.5):F1} ms  p99 {Percentile(lags, 0.99):F1} ms  max {lags.Max():F1} ms  ({description})"));

    private static double Percentile(List<double> values, double share) =>
        values.Order().ElementAt(Math.Min(values.Count - 1, (int)Math.Ceiling(share * values.Count) - 1));
}
