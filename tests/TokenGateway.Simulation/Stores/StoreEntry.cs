using TokenGateway.Tokens.Storage;

namespace TokenGateway.Simulation.Stores;

/// <summary>All that a store keeps of one credential. Immutable, so that a replica, or the past, is only a reference.</summary>
internal sealed record StoreEntry
{
    public static StoreEntry Empty { get; } = new();

    public StoredRecord? Record { get; init; }

    public long Fence { get; init; }

    public StoreLease? Lease { get; init; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> History { get; init; } = [];

    public StoreSnapshot SnapshotAt(DateTimeOffset now) =>
        new(Record, Fence, Live(now) is { } lease ? new LeaseInfo(lease.Owner, lease.ExpiresAt) : null, now);

    public StoreLease? Live(DateTimeOffset now) => Lease is { } lease && now < lease.ExpiresAt ? lease : null;
}

internal sealed record StoreLease(string Id, string Owner, DateTimeOffset GivenAt, DateTimeOffset ExpiresAt);
