namespace TokenGateway.Faults.Fleet;

/// <summary>One fleet as it is to be set up.</summary>
internal sealed record FleetOptions
{
    /// <summary>Its name in logs and tables.</summary>
    public required string Name { get; init; }

    /// <summary>single, sentinel or cluster.</summary>
    public required string Topology { get; init; }

    /// <summary>From 1 up; no two fleets have the same one.</summary>
    public required int Number { get; init; }

    public required int Seed { get; init; }

    /// <summary>Its part of the run's faults; a Sentinel fleet takes its time after each failover.</summary>
    public double Part { get; init; } = 1;

    public int Gateways { get; init; } = 3;

    /// <summary>Every fault meets them all, so that several multiply what one fault tests.</summary>
    public int Credentials { get; init; } = 6;

    /// <summary>What the provider does with a spent refresh token; see the credentials' setting of that name.</summary>
    public string ReusePolicy { get; init; } = "RevokesFamily";

    /// <summary>Only for the proof that the harness can fail: each gateway gets a Redis of its own.</summary>
    public bool SplitStore { get; init; }

    /// <summary>Only for the proof that the harness can fail: what a killed gateway had in its journal is gone.</summary>
    public bool LosesJournals { get; init; }
}
