namespace TokenGateway.Tokens.Storage;

/// <summary>
/// Where credentials live between processes. A store knows nothing of tokens: it keeps one opaque document per credential,
/// replaces it by compare-and-set, and hands out leases. All rules of lineage live in <c>Rotation</c>.
/// Every call answers within the store's <c>OperationTimeout</c>, or throws <see cref="StoreUnavailableException"/>; a write
/// that failed so may still be executed later.
/// </summary>
internal interface ITokenStore : IAsyncDisposable
{
    /// <summary>True when the store can lose acknowledged writes (a Redis failover), so that an empty one may only have forgotten.</summary>
    bool MayForget { get; }

    /// <summary>
    /// Another process, or this one, has written a record with <see cref="RecordWrite.Announce"/>. Raised on any thread, in no particular order; an announcement can
    /// be lost, so it only ever speeds up what polling finds as well. Handlers must not block.
    /// </summary>
    event Action<string, StoredRecord>? Announced;

    /// <summary>
    /// A connection that was lost is there again, or another server may have taken over, perhaps one that has forgotten acknowledged writes: the moment
    /// to poll. Raised on any thread, once for each connection, and sometimes needlessly or while the store is still away. Handlers must not block.
    /// </summary>
    event Action? Reconnected;

    /// <summary>Opens the store: makes files or tables, connects, subscribes. Called once before anything else. A server that is away is not an error here: it is connected to in the background.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>The names of all credentials that have a record, those that are no longer configured included; of some the record may be gone.</summary>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The record, the fence and the lease of one credential, all of the same moment.</summary>
    Task<StoreSnapshot> ReadAsync(string credential, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the lease if nobody holds it, if it is held under the same <see cref="LeaseRequest.LeaseId"/>, or if its holder has been silent for
    /// <see cref="LeaseRequest.StaleAfter"/>; raises the fence by one and reads the record, all in one atomic step. So a caller that got no answer may ask again with the same id: it then has its own lease, for the full duration
    /// and under a new fence. A guard with an earlier fence then fails, also where it was the unanswered call that was executed last.
    /// Tells nothing apart but the three answers that matter: acquired, busy (<see cref="AcquireResult.Acquired"/> is false) and unreachable (an exception).
    /// </summary>
    Task<AcquireResult> AcquireAsync(string credential, LeaseRequest request, CancellationToken cancellationToken);

    /// <summary>Extends a lease to <paramref name="duration"/> from now; false when it is no longer this one's.</summary>
    Task<bool> RenewAsync(string credential, string leaseId, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Gives the lease back, if it is still this one's.</summary>
    Task ReleaseAsync(string credential, string leaseId, CancellationToken cancellationToken);

    /// <summary>Replaces the record if it is still at <see cref="RecordWrite.ExpectedRevision"/> and the guard, if any, holds; and announces it if asked to. Atomic and, once answered, durable.</summary>
    Task<WriteOutcome> WriteAsync(string credential, RecordWrite write, CancellationToken cancellationToken);

    /// <summary>Adds an entry to the credential's history, of which the last 50 are kept.</summary>
    Task AppendHistoryAsync(string credential, ReadOnlyMemory<byte> entry, CancellationToken cancellationToken);

    /// <summary>The history, newest first.</summary>
    Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadHistoryAsync(string credential, CancellationToken cancellationToken);
}

/// <summary>One credential's record as a store sees it.</summary>
/// <param name="Revision">Random per write, so that a store that was rolled back cannot be mistaken for the one that was read.</param>
/// <param name="Document">The record itself, partly encrypted, wholly authenticated.</param>
internal sealed record StoredRecord(string Revision, ReadOnlyMemory<byte> Document);

/// <param name="Record">The record, or null where there is none.</param>
/// <param name="Fence">The number of the last lease ever given; it only grows and has no TTL.</param>
/// <param name="Lease">The live lease, if any.</param>
/// <param name="StoreTime">
/// The store's own clock, by which replicas compare what they did. It is about the time of day. The embedded store's does not follow when the machine's clock is set.
/// </param>
internal sealed record StoreSnapshot(StoredRecord? Record, long Fence, LeaseInfo? Lease, DateTimeOffset StoreTime);

/// <param name="Owner">The replica that holds it.</param>
/// <param name="ExpiresAt">In the store's time.</param>
internal sealed record LeaseInfo(string Owner, DateTimeOffset ExpiresAt);

/// <param name="LeaseId">Random per acquisition; the same when that is tried again.</param>
/// <param name="Owner">The replica, for people to read.</param>
/// <param name="Duration">How long the lease lives unless it is renewed.</param>
/// <param name="StaleAfter">
/// Where set, another's live lease is taken over if it was last given or renewed at least this long ago. Its holder then fails to renew it and to write
/// under its guard, as after any other acquisition; the caller answers for what that holder may still do elsewhere.
/// </param>
internal sealed record LeaseRequest(string LeaseId, string Owner, TimeSpan Duration, TimeSpan? StaleAfter = null);

/// <param name="Acquired">True when the lease is now the caller's; <see cref="StoreSnapshot.Fence"/> is then its own.</param>
/// <param name="Snapshot">What the store held at that moment, read under the lease.</param>
internal sealed record AcquireResult(bool Acquired, StoreSnapshot Snapshot);

/// <param name="ExpectedRevision">The revision to replace; null when there must be no record yet.</param>
/// <param name="Record">The new record.</param>
/// <param name="Guard">Where set, the lease must still be held and the fence unchanged.</param>
/// <param name="Announce">Tell every other process in the same step.</param>
/// <param name="MinimumFence">The fence is raised to this if it is lower: a store that forgot it gets it back.</param>
internal sealed record RecordWrite(string? ExpectedRevision, StoredRecord Record, LeaseGuard? Guard, bool Announce, long MinimumFence = 0);

/// <summary>Proof that a writer is still the holder of the lease that it acquired.</summary>
internal sealed record LeaseGuard(string LeaseId, long Fence);

/// <summary>How a write ended. A store that could not be asked throws instead.</summary>
internal enum WriteOutcome
{
    Written,

    /// <summary>The record is no longer the one that was read.</summary>
    Superseded,

    /// <summary>The guard did not hold.</summary>
    LeaseLost,
}

/// <summary>The store could not be reached, did not answer in time, or refused for a reason of its own (read-only, out of memory).</summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
