using TokenGateway.Simulation.Scheduling;
using TokenGateway.Simulation.World;

namespace TokenGateway.Simulation.Oracle;

/// <summary>What was found against the engine, with the moment; and what was found excused.</summary>
internal sealed class Verdicts(Scheduler scheduler, Totals totals)
{
    private readonly List<string> _violations = [];

    /// <summary>What must not be, one sentence each.</summary>
    public IReadOnlyList<string> Violations => _violations;

    public void Violate(string what)
    {
        scheduler.Note("oracle", "VIOLATION: " + what);
        totals.Add(Count.Violations);
        _violations.Add($"at {TimeSpan.FromTicks(scheduler.Ticks)}: {what}");
    }

    /// <summary>A refresh token was accepted before and came again.</summary>
    public void DoubleSpend(Cause cause, string what)
    {
        totals.Add(Count.DoubleSpends + cause);
        scheduler.Note("oracle", $"double spend, {cause}: {what}");
        if (cause == Cause.Other)
        {
            Violate("inexcusable double spend: " + what);
        }
    }

    /// <summary>No replica can go on with a family: a person must log in.</summary>
    public void Lose(Cause cause, string what)
    {
        totals.Add(Count.Losses + cause);
        scheduler.Note("oracle", $"family lost, {cause}: {what}");
        if (cause == Cause.Other)
        {
            Violate("avoidable loss: " + what);
        }
    }
}
