using TokenGateway.Simulation.Scheduling;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Simulation.World;

/// <summary>A world without chance, in which a test says what goes wrong and when.</summary>
internal sealed class Scenario : IDisposable
{
    public Scenario(Mechanism without = Mechanism.None, Func<WorldPlan, WorldPlan>? change = null, TextWriter? output = null)
    {
        var plan = new WorldPlan { Seed = 1, Replicas = 2, Without = without, RefreshBefore = TimeSpan.FromSeconds(20) };
        World = new WorldState(change?.Invoke(plan) ?? plan, output);
        World.Chaos.Crash = process => World.Replicas.First(replica => replica.Process == process).End();
    }

    public WorldState World { get; }

    /// <summary>What the scenario wants to happen.</summary>
    public Script Script => World.Chaos.Script;

    public IReadOnlyList<string> Violations => World.Verdicts.Violations;

    public Replica First => World.Replicas[0];

    public Replica Second => World.Replicas[1];

    /// <summary>A login, put into every replica's configuration.</summary>
    public SecretSource LogIn()
    {
        var seed = World.Provider.Provider.IssueSeed();
        World.Ledger.Seeded(seed.Family, seed.RefreshToken);
        var source = new SecretSource { Value = new Secret(seed.RefreshToken) };
        foreach (var replica in World.Replicas)
        {
            replica.Seed = source;
        }

        return source;
    }

    /// <summary>Logs in, starts both replicas and waits until both have the first generation.</summary>
    public Scenario Started()
    {
        LogIn();
        First.Start();
        Until(() => First.View?.Record is { Generation: 1 });
        Second.Start();
        Until(() => Second.View?.Record is { Generation: 1 });
        return this;
    }

    public void Pass(TimeSpan time)
    {
        var until = World.Scheduler.Ticks + time.Ticks;
        World.Scheduler.After(time, () => { });
        World.Scheduler.Run(() => World.Scheduler.Ticks >= until);
    }

    /// <summary>Waits for a condition, for at most an hour of virtual time.</summary>
    /// <exception cref="TimeoutException">It has not come to that.</exception>
    public void Until(Func<bool> condition)
    {
        var limit = World.Scheduler.Ticks + TimeSpan.FromHours(1).Ticks;
        World.Scheduler.Run(() => condition() || World.Scheduler.Ticks > limit);
        if (!condition())
        {
            throw new TimeoutException("The scenario has not come to what it waits for.");
        }
    }

    /// <summary>Does something the first time that a replica reaches a spot from now on.</summary>
    public void Once(Replica replica, string spot, Action<Process> then)
    {
        var done = false;
        Script.At = (process, reached) =>
        {
            if (!done && reached == spot && process == replica.Process)
            {
                done = true;
                then(process);
            }
        };
    }

    public void Dispose() => World.Dispose();
}
