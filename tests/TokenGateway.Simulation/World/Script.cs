using TokenGateway.Simulation.Provider;
using TokenGateway.Simulation.Scheduling;

namespace TokenGateway.Simulation.World;

/// <summary>What a directed scenario wants to happen, in place of chance.</summary>
internal sealed class Script
{
    /// <summary>A process has reached a named spot.</summary>
    public Action<Process, string> At { get; set; } = (_, _) => { };

    /// <summary>When a store call of that name is executed although its caller has long given up; null for one that goes well.</summary>
    public Func<Process, string, TimeSpan?> StoreCallIsLateBy { get; set; } = (_, _) => null;

    /// <summary>What becomes of a token call.</summary>
    public Func<Process, TokenCallFate> TokenCall { get; set; } = _ => TokenCallFate.Good;

    /// <summary>Whether an announcement does not reach a process.</summary>
    public Func<Process, bool> LosesAnnouncement { get; set; } = _ => false;
}
