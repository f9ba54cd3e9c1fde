using TokenGateway.Simulator.OAuth;

namespace TokenGateway.Simulator;

/// <summary>What provider and upstream counted, at one moment.</summary>
public sealed record SimulatorCounters
{
    /// <summary>The provider's own counters.</summary>
    public required ProviderCounters Provider { get; init; }

    /// <inheritdoc cref="ProviderCounters.Rotations" />
    public long Rotations => Provider.Rotations;

    /// <inheritdoc cref="ProviderCounters.Reuses" />
    public long Reuses => Provider.Reuses;

    /// <inheritdoc cref="ProviderCounters.ReusesInGrace" />
    public long ReusesInGrace => Provider.ReusesInGrace;

    /// <summary>Calls that reached the token endpoint, whatever came of them; those dropped while down are not among them.</summary>
    public required long TokenCalls { get; init; }

    /// <summary>Calls that reached the validate or introspection endpoint, whatever came of them; those dropped while down are not among them.</summary>
    public required long ValidateCalls { get; init; }

    /// <summary>Calls that met a fault.</summary>
    public required long Faulted { get; init; }

    /// <summary>Requests at the upstream, refused ones included.</summary>
    public required long UpstreamRequests { get; init; }

    /// <summary>Requests at the upstream without any <c>Authorization</c>.</summary>
    public required long Naked { get; init; }

    /// <summary>Requests at the upstream with a dead or unknown token, another scheme or two credentials.</summary>
    public required long Unauthorized { get; init; }
}
