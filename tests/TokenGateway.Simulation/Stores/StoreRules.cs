using TokenGateway.Tokens.Storage;

namespace TokenGateway.Simulation.Stores;

/// <summary>What each command of <see cref="ITokenStore"/> makes of an entry: the same as the Lua scripts and the SQL of the real stores.</summary>
internal static class StoreRules
{
    private const int MostHistory = 50;

    public static (StoreEntry Entry, AcquireResult Result) Acquire(StoreEntry entry, LeaseRequest request, DateTimeOffset now)
    {
        if (entry.Live(now) is { } held && held.Id != request.LeaseId && !(now - held.GivenAt >= request.StaleAfter))
        {
            return (entry, new AcquireResult(false, entry.SnapshotAt(now)));
        }

        var taken = entry with { Fence = entry.Fence + 1, Lease = new StoreLease(request.LeaseId, request.Owner, now, now + request.Duration) };
        return (taken, new AcquireResult(true, taken.SnapshotAt(now)));
    }

    public static (StoreEntry Entry, bool Held) Renew(StoreEntry entry, string leaseId, TimeSpan duration, DateTimeOffset now) =>
        entry.Live(now) is { } held && held.Id == leaseId ? (entry with { Lease = held with { GivenAt = now, ExpiresAt = now + duration } }, true) : (entry, false);

    public static StoreEntry Release(StoreEntry entry, string leaseId) => entry.Lease?.Id == leaseId ? entry with { Lease = null } : entry;

    /// <param name="entry">What there is.</param>
    /// <param name="write">What is wanted.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="ignoreFence">True takes the fence out of the guard, for a test that wants to see what it is good for.</param>
    public static (StoreEntry Entry, WriteOutcome Outcome) Write(StoreEntry entry, RecordWrite write, DateTimeOffset now, bool ignoreFence = false)
    {
        if (entry.Record?.Revision != write.ExpectedRevision)
        {
            return (entry, WriteOutcome.Superseded);
        }

        if (write.Guard is { } guard && (entry.Live(now)?.Id != guard.LeaseId || (entry.Fence != guard.Fence && !ignoreFence)))
        {
            return (entry, WriteOutcome.LeaseLost);
        }

        return (entry with { Record = write.Record, Fence = Math.Max(entry.Fence, write.MinimumFence) }, WriteOutcome.Written);
    }

    public static StoreEntry Append(StoreEntry entry, ReadOnlyMemory<byte> line) =>
        entry with { History = [line, .. entry.History.Take(MostHistory - 1)] };
}
