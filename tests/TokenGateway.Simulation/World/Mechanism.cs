namespace TokenGateway.Simulation.World;

/// <summary>What makes the protocol safe, by name, so that each can be taken out.</summary>
[Flags]
internal enum Mechanism
{
    None = 0,
    Intent = 1,
    Deadline = 2,
    Patience = 4,
    Journal = 8,
    Wait = 16,
    HealForward = 32,
    Fence = 64,
    AdoptedSeeds = 128,
    ReloadUnderLease = 256,
}
