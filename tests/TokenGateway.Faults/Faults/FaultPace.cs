namespace TokenGateway.Faults.Faults;

/// <summary>How hard a run is.</summary>
/// <param name="Counts">How many faults of each group, for all fleets together.</param>
/// <param name="MostAtOnce">How many faults a fleet meets at the same time.</param>
/// <param name="WaitsForDoubt">Whether every doubt must have been resolved before the next fault; otherwise faults meet doubts of earlier ones.</param>
internal sealed record FaultPace(FaultCounts Counts, int MostAtOnce, bool WaitsForDoubt)
{
    /// <summary>Only kinds of fault whose names hold this.</summary>
    public string Only { get; init; } = "";

    /// <summary>This fleet's part.</summary>
    public FaultPace Share(int fleets) => this with { Counts = Counts.Share(fleets) };
}
