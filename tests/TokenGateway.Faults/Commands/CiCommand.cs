using System.CommandLine;
using TokenGateway.Faults.Faults;
using TokenGateway.Faults.Fleet;

namespace TokenGateway.Faults.Commands;

/// <summary><c>ci</c>: every kind of fault at least once over the three topologies, in about four minutes.</summary>
internal static class CiCommand
{
    private static readonly string[] Topologies = ["single", "sentinel", "cluster"];

    public static Command Create()
    {
        var seed = new Option<int>("--seed") { Description = "Drives the choice of faults.", DefaultValueFactory = _ => 1 };
        var topologies = new Option<string[]>("--topologies") { Description = "single, sentinel, cluster.", DefaultValueFactory = _ => Topologies, AllowMultipleArgumentsPerToken = true };
        var faults = new Option<int>("--faults") { Description = "How many, over all topologies.", DefaultValueFactory = _ => 75 };
        var only = new Option<string>("--only") { Description = "Only kinds of fault whose names hold this.", DefaultValueFactory = _ => "" };
        var command = new Command("ci", "The short form: at least 40 faults. Exits with 1 on a loss that need not be, a reuse that is not allowed, or a naked request.")
        {
            seed, topologies, faults, only,
        };
        command.SetAction((parsed, cancellationToken) =>
            SafelyAsync(() => RunAsync(parsed.GetValue(seed), parsed.GetValue(topologies)!, parsed.GetValue(faults), parsed.GetValue(only)!, cancellationToken)));
        return command;
    }

    /// <summary>A missing tool or a broken set-up is told in one line.</summary>
    public static async Task<int> SafelyAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("stopped");
        }
        catch (InvalidOperationException error)
        {
            await Console.Error.WriteLineAsync(error.ToString());
        }

        return 1;
    }

    private static async Task<int> RunAsync(int seed, string[] topologies, int faults, string only, CancellationToken cancellationToken)
    {
        await using var session = await FaultSession.BeginAsync(seed, cancellationToken);
        await session.StartAsync(topologies.Select((topology, n) => new FleetOptions { Name = topology, Topology = topology, Number = n + 1, Seed = seed + (1000 * n), Part = 1.0 / topologies.Length }));
        var tenth = (faults + 9) / 10;
        var counts = new FaultCounts(Kills: 5 * tenth, RedisKills: 2 * tenth, Stops: tenth, Cuts: 2 * tenth, Disks: topologies.Length);
        await session.RunAsync(new FaultPace(counts, MostAtOnce: 1, IsPatient: true) { Only = only }, () => session.Violations.Count > 0);
        return session.Report(markdown: false) ? 0 : 1;
    }
}
