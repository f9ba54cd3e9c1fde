using TokenGateway.Simulation.Scheduling;

namespace TokenGateway.Simulation.World;

/// <summary>Decides, from the seed, what goes wrong where, and counts it. Every spot that can fail has a name.</summary>
internal sealed class Chaos(Scheduler scheduler, SeededRandom random, WorldPlan plan, Totals totals)
{
    /// <summary>False once the world calms down.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Ends a process; whoever runs it starts another one later.</summary>
    public Action<Process> Crash { get; set; } = _ => { };

    public Script Script { get; } = new();

    public SeededRandom Random => random;

    /// <summary>A process reaches a named spot, where it may be killed or stopped.</summary>
    /// <returns>False when it is dead.</returns>
    public bool Reach(Process process, string spot)
    {
        Script.At(process, spot);
        if (process.State == ProcessState.Running && Enabled)
        {
            var weight = FaultPoints.WeightOf(spot);
            if (random.Chance(plan.CrashAt * weight))
            {
                Hit($"crash at {spot}", process.Name);
                Crash(process);
            }
            else if (random.Chance(plan.PauseAt * weight))
            {
                Pause(process, $"pause at {spot}");
            }
        }

        return process.State != ProcessState.Dead;
    }

    /// <summary>Between any two steps, wherever that is.</summary>
    public void BeforeStep(Process process)
    {
        if (!Enabled || !random.Chance(plan.AnyStep))
        {
            return;
        }

        if (random.Chance(0.5))
        {
            Hit("crash anywhere", process.Name);
            Crash(process);
        }
        else
        {
            Pause(process, "pause anywhere");
        }
    }

    public void Pause(Process process, string what, bool suspended = false)
    {
        var duration = random.Spread(TimeSpan.FromMilliseconds(100), plan.LongestPause);
        Hit(what, $"{process.Name} for {duration}");
        totals.Add(Count.Pauses);
        process.Pause(duration, suspended);
    }

    /// <summary>True when a named fault strikes, which is then counted.</summary>
    public bool Strikes(string fault, double probability, string who)
    {
        if (!Enabled || !random.Chance(probability))
        {
            return false;
        }

        Hit(fault, who);
        return true;
    }

    public void Hit(string fault, string who)
    {
        totals.Add(Count.Fault + fault);
        scheduler.Note(who, "FAULT " + fault);
    }
}
