using TokenGateway.Simulation.Provider;
using TokenGateway.Simulation.Scheduling;

namespace TokenGateway.Simulation.World;

/// <summary>What a directed scenario wants to happen, in place of chance.</summary>
internal sealed class Script
{
    /// <summary>A process has reached a named spot.</summary>
    public Action<Process, string> At { get; set; } = (_, _) => { };

    /// <summary>Whether a store call of that name is held on its way: its caller gives up, and it is executed by <see cref="ExecuteHeld"/>.</summary>
    public Func<Process, string, bool> HoldsStoreCall { get; set; } = (_, _) => false;

    /// <summary>The calls that are held, oldest first.</summary>
    public List<Action> Held { get; } = [];

    /// <summary>What was held arrives now, in the order in which it was sent.</summary>
    public void ExecuteHeld()
    {
        Held.ForEach(call => call());
        Held.Clear();
    }

    /// <summary>What becomes of a token call.</summary>
    public Func<Process, TokenCallFate> TokenCall { get; set; } = _ => TokenCallFate.Good;

    /// <summary>Whether an announcement does not reach a process.</summary>
    public Func<Process, bool> LosesAnnouncement { get; set; } = _ => false;
}
