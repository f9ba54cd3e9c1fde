using System.CommandLine;
using TokenGateway.Faults.Faults;
using TokenGateway.Faults.Fleet;

namespace TokenGateway.Faults.Commands;

/// <summary><c>soak</c>: faults by the hundred, several at once, on several fleets at the same time.</summary>
internal static class SoakCommand
{
    /// <summary>The topologies, and their parts of the faults.</summary>
    private static readonly (string Topology, double Part)[] Topologies = [("single", 0.4), ("sentinel", 0.25), ("cluster", 0.35)];

    /// <summary>The defaults are a twentieth more than a thousand kills, 300 of Redis, 200 stops and 500 cuts: the moment of some faults does not come.</summary>
    public static Command Create()
    {
        var seed = new Option<int>("--seed") { Description = "Drives the choice of faults.", DefaultValueFactory = _ => 1 };
        var kills = new Option<int>("--kills") { Description = "SIGKILLs of gateways.", DefaultValueFactory = _ => 1050 };
        var redisKills = new Option<int>("--redis-kills") { Description = "SIGKILLs of Redis servers.", DefaultValueFactory = _ => 315 };
        var stops = new Option<int>("--stops") { Description = "SIGSTOPs of gateways, longer than the lease.", DefaultValueFactory = _ => 210 };
        var cuts = new Option<int>("--cuts") { Description = "Cut networks and lost answers.", DefaultValueFactory = _ => 525 };
        var command = new Command("soak", "The long form. Prints a table in Markdown; exits as ci does, but goes on after a failure.") { seed, kills, redisKills, stops, cuts };
        command.SetAction((parsed, cancellationToken) => CiCommand.SafelyAsync(() => RunAsync(
            parsed.GetValue(seed),
            new FaultCounts(parsed.GetValue(kills), parsed.GetValue(redisKills), parsed.GetValue(stops), parsed.GetValue(cuts), parsed.GetValue(cuts) / 10),
            cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(int seed, FaultCounts counts, CancellationToken cancellationToken)
    {
        await using var session = await FaultSession.BeginAsync(seed, cancellationToken);
        await session.StartAsync(Topologies.Select((share, n) => new FleetOptions { Name = share.Topology, Topology = share.Topology, Number = n + 1, Seed = seed + (1000 * n), Part = share.Part }));
        await session.RunAsync(new FaultPace(counts, MostAtOnce: 3, IsPatient: false), () => false);
        return session.Report(markdown: true) ? 0 : 1;
    }
}
