using System.CommandLine;
using TokenGateway.Faults.Faults;
using TokenGateway.Faults.Fleet;

namespace TokenGateway.Faults.Commands;

/// <summary><c>prove</c>: shows that the harness can fail, with set-ups in which tokens must be lost.</summary>
internal static class ProveCommand
{
    public static Command Create()
    {
        var seed = new Option<int>("--seed") { Description = "Drives the choice of faults.", DefaultValueFactory = _ => 1 };
        var command = new Command("prove", "Gateways on different stores, and journals that vanish with their gateway: exits with 0 if both are found out.") { seed };
        command.SetAction((parsed, cancellationToken) => CiCommand.SafelyAsync(async () =>
        {
            var number = parsed.GetValue(seed);
            var split = new FleetOptions { Name = "split", Topology = "single", Number = 1, Seed = number, SplitStore = true, Gateways = 2 };
            var amnesic = new FleetOptions { Name = "amnesic", Topology = "single", Number = 2, Seed = number, LosesJournals = true };
            var found = await IsFoundOutAsync("two gateways on two stores", split, number, "nothing said", cancellationToken)
                & await IsFoundOutAsync("journals that vanish", amnesic, number, "the answer had arrived", cancellationToken);
            return found ? 0 : 1;
        }));
        return command;
    }

    private static async Task<bool> IsFoundOutAsync(string what, FleetOptions options, int seed, string expected, CancellationToken cancellationToken)
    {
        await using var session = await FaultSession.BeginAsync(seed, cancellationToken);
        bool IsFound() => session.Violations.Any(violation => violation.Contains(expected, StringComparison.Ordinal));
        try
        {
            await session.StartAsync([options]);
            await session.RunAsync(new FaultPace(new FaultCounts(Kills: 60, RedisKills: 0, Stops: 0, Cuts: 0, Disks: 0), MostAtOnce: 1, IsPatient: true), IsFound);
        }
        catch (InvalidOperationException error)
        {
            Console.WriteLine(error.Message);
        }

        Console.WriteLine($"{what}: {(IsFound() ? "found out" : "NOT FOUND OUT")}");
        Console.WriteLine(string.Join('\n', session.Violations.Take(3)));
        return IsFound();
    }
}
