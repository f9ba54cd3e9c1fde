namespace TokenGateway.Simulation.World;

/// <summary>The names under which things are counted. Fault points begin with <see cref="Fault"/>.</summary>
internal static class Count
{
    public const string Fault = "fault: ";
    public const string Rotations = "rotations";
    public const string Requests = "requests served";
    public const string Refused = "requests refused";
    public const string DeadServed = "requests served with a token that the provider calls dead";
    public const string Processes = "processes started";
    public const string Crashes = "crashes";
    public const string Pauses = "pauses";
    public const string Failovers = "failovers";
    public const string Cuts = "store calls cut";
    public const string Reseeds = "reseeds";
    public const string Losses = "losses: ";
    public const string DoubleSpends = "double spends: ";
    public const string Violations = "violations";

    /// <summary>How many rotations a run needs before every fault point must have been hit, and how often.</summary>
    public const int WholeRun = 20_000;
    public const int LeastHits = 30;
}
