using TokenGateway.Simulation.Oracle;
using TokenGateway.Simulation.Scheduling;

namespace TokenGateway.Simulation.Stores;

/// <summary>Who can reach the store at this moment, and whether its replica follows.</summary>
internal sealed class StoreNetwork
{
    private readonly HashSet<string> _cutOff = new(StringComparer.Ordinal);

    /// <summary>The store is away for everybody.</summary>
    public bool IsDown { get; set; }

    /// <summary>The replica does not follow, so that <c>WAIT</c> is not satisfied.</summary>
    public bool ReplicaIsCutOff { get; set; }

    public bool Reaches(string replica) => !IsDown && !_cutOff.Contains(replica);

    public bool Reaches(Process process) => Reaches(Witnesses.ReplicaOf(process));

    public void Cut(string replica) => _cutOff.Add(replica);

    public void Mend(string replica) => _cutOff.Remove(replica);
}
