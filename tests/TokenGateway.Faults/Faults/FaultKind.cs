namespace TokenGateway.Faults.Faults;

/// <summary>One way in which the world breaks.</summary>
/// <param name="Name">For log and table.</param>
/// <param name="Group">What it counts as.</param>
/// <param name="RunAsync">Breaks it and mends it; false where the moment did not come.</param>
internal sealed record FaultKind(string Name, FaultGroup Group, Func<FaultStage, Task<bool>> RunAsync)
{
    /// <summary>How often it is chosen within its group, beside others.</summary>
    public int Weight { get; init; } = 2;

    /// <summary>Only where another server takes over.</summary>
    public bool NeedsFailover { get; init; }
}

/// <summary>What the number of faults is counted by.</summary>
internal enum FaultGroup { Kill, RedisKill, Stop, Cut, Disk }
