namespace TokenGateway.Faults.Faults;

/// <summary>How hard a run is.</summary>
/// <param name="Counts">How many faults of each group, for all fleets together.</param>
/// <param name="MostAtOnce">How many faults a fleet meets at the same time.</param>
/// <param name="IsPatient">Whether every doubt must have been resolved, and every server be in its place, before the next fault; otherwise it meets those of earlier ones.</param>
internal sealed record FaultPace(FaultCounts Counts, int MostAtOnce, bool IsPatient)
{
    /// <summary>Only kinds of fault whose names hold this.</summary>
    public string Only { get; init; } = "";

    /// <summary>A fleet's part, from 0 to 1.</summary>
    public FaultPace Share(double part) => this with { Counts = Counts.Share(part) };
}
