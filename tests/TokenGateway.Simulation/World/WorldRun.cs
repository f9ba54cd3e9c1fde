using TokenGateway.Simulation.Scheduling;

namespace TokenGateway.Simulation.World;

/// <summary>Runs one world: trouble until enough rotations have happened, then calm, in which everything must come right again.</summary>
internal static class WorldRun
{
    private static readonly TimeSpan LongestCalm = TimeSpan.FromHours(3);

    public static WorldResult Run(WorldPlan plan, TextWriter? output = null)
    {
        using var world = new WorldState(plan, output);
        using var person = new Operator(world);
        world.Chaos.Crash = process => Crash(world, person, process);
        person.Begin();
        new Load(world).Begin();
        new Weather(world, person).Begin();
        var limit = (TimeSpan.FromMinutes(30) * plan.Rotations).Ticks;
        world.Scheduler.Run(() => world.Ledger.Rotations >= plan.Rotations || world.Scheduler.Ticks > limit);
        Calm(world, person);
        return new WorldResult(plan, world.Totals, world.Verdicts.Violations, world.Trace.Hash, TimeSpan.FromTicks(world.Scheduler.Ticks), world.Scheduler.Steps);
    }

    private static void Calm(WorldState world, Operator person)
    {
        world.Scheduler.Note("world", "calms down");
        world.Chaos.Enabled = false;
        var enough = world.Ledger.Rotations + 2;
        var limit = world.Scheduler.Ticks + LongestCalm.Ticks;
        world.Scheduler.Run(() => world.Ledger.Rotations >= enough || world.Scheduler.Ticks > limit);
        if (world.Ledger.Rotations < enough)
        {
            world.Verdicts.Violate($"no rotation in {LongestCalm} without trouble");
        }
    }

    private static void Crash(WorldState world, Operator person, Process process)
    {
        var replica = world.Replicas.First(r => r.Process == process);
        world.Totals.Add(Count.Crashes);
        world.Scheduler.Note(process.Name, "is killed");
        var random = world.Chaos.Random;
        replica.End(random.Chance(0.5) ? random : null);
        world.Scheduler.After(random.Spread(TimeSpan.FromMilliseconds(500), world.Plan.LongestPause), () => person.Restarted(replica));
    }
}

/// <param name="Plan">What was run.</param>
/// <param name="Totals">What was counted.</param>
/// <param name="Violations">What must not have been.</param>
/// <param name="Hash">SHA-256 of all that happened.</param>
/// <param name="Elapsed">Virtual time.</param>
/// <param name="Steps">Steps taken.</param>
internal sealed record WorldResult(
    WorldPlan Plan, Totals Totals, IReadOnlyList<string> Violations, string Hash, TimeSpan Elapsed, long Steps);
