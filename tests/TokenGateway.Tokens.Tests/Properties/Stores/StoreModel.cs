using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Tests.Properties.Stores;

/// <summary>
/// What <see cref="ITokenStore"/> promises for one credential, in as few words as possible: without a disk, without a network, and with a clock
/// that is handed in. A store is right when it answers as this does.
/// </summary>
internal sealed class StoreModel
{
    private const int HistoryLimit = 50;

    private readonly List<ReadOnlyMemory<byte>> _history = [];
    private StoredRecord? _record;
    private long _fence;
    private Lease? _lease;

    /// <summary>The history, newest first.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> History => _history;

    public StoreSnapshot Read(DateTimeOffset now) =>
        new(_record, _fence, Live(now) is { } lease ? new LeaseInfo(lease.Owner, lease.ExpiresAt) : null, now);

    public AcquireResult Acquire(LeaseRequest request, DateTimeOffset now)
    {
        if (Live(now) is { } lease && lease.Id != request.LeaseId)
        {
            return new AcquireResult(false, Read(now));
        }

        _lease = new Lease(request.LeaseId, request.Owner, now + request.Duration);
        _fence++;
        return new AcquireResult(true, Read(now));
    }

    public bool Renew(string leaseId, TimeSpan duration, DateTimeOffset now)
    {
        if (Live(now) is not { } lease || lease.Id != leaseId)
        {
            return false;
        }

        _lease = lease with { ExpiresAt = now + duration };
        return true;
    }

    public void Release(string leaseId) => _lease = _lease?.Id == leaseId ? null : _lease;

    public WriteOutcome Write(RecordWrite write, DateTimeOffset now)
    {
        if (_record?.Revision != write.ExpectedRevision)
        {
            return WriteOutcome.Superseded;
        }

        if (write.Guard is { } guard && (Live(now)?.Id != guard.LeaseId || _fence != guard.Fence))
        {
            return WriteOutcome.LeaseLost;
        }

        _record = write.Record;
        _fence = Math.Max(_fence, write.MinimumFence);
        return WriteOutcome.Written;
    }

    public void AppendHistory(ReadOnlyMemory<byte> entry)
    {
        _history.Insert(0, entry);
        if (_history.Count > HistoryLimit)
        {
            _history.RemoveAt(HistoryLimit);
        }
    }

    private Lease? Live(DateTimeOffset now) => _lease is { } lease && lease.ExpiresAt > now ? lease : null;

    private sealed record Lease(string Id, string Owner, DateTimeOffset ExpiresAt);
}
