using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>A replica's own view of the store: it counts the reads, and can lose announcements and the answers of writes under a lease, as a network can.</summary>
internal sealed class WatchedStore(ITokenStore store) : ITokenStore
{
    private readonly Lock _gate = new();
    private readonly List<(long Reads, TaskCompletionSource Reached)> _waiting = [];
    private Action<string, StoredRecord>? _announced;
    private long _reads;

    /// <summary>True: what is written under a lease is written, and its writer told that the store was away.</summary>
    public bool LosesGuardedWrites { get; set; }

    /// <summary>True: what is written without a lease's guard, as a new pair is, is not written, and its writer told that the store was away.</summary>
    public bool RefusesUnguardedWrites { get; set; }

    /// <summary>True: the lease is given, and whoever asked for it told that the store was away.</summary>
    public bool LosesAcquires { get; set; }

    /// <summary>True: asking for the lease ends as nobody foresaw.</summary>
    public bool FailsAcquires { get; set; }

    /// <summary>Raised before each read and each write of the record.</summary>
    public event Action? Asked;

    /// <summary>True: announcements do not arrive.</summary>
    public bool IsDeaf { get; set; }

    public long Reads => Interlocked.Read(ref _reads);

    /// <summary>Completes when the store has been read that often more.</summary>
    public Task ReadsAsync(int times)
    {
        lock (_gate)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((Reads + times, reached));
            return reached.Task;
        }
    }

    public event Action<string, StoredRecord>? Announced
    {
        add
        {
            _announced += value;
            store.Announced += OnAnnounced;
        }

        remove
        {
            store.Announced -= OnAnnounced;
            _announced -= value;
        }
    }

    public event Action? Reconnected
    {
        add => store.Reconnected += value;
        remove => store.Reconnected -= value;
    }

    public bool MayForget => store.MayForget;

    public Task StartAsync(CancellationToken cancellationToken) => store.StartAsync(cancellationToken);

    public Task<StoreSnapshot> ReadAsync(string credential, CancellationToken cancellationToken)
    {
        Asked?.Invoke();
        var reads = Interlocked.Increment(ref _reads);
        lock (_gate)
        {
            _waiting.FindAll(waiter => waiter.Reads <= reads).ForEach(waiter => waiter.Reached.TrySetResult());
            _waiting.RemoveAll(waiter => waiter.Reads <= reads);
        }

        return store.ReadAsync(credential, cancellationToken);
    }

    public async Task<AcquireResult> AcquireAsync(string credential, LeaseRequest request, CancellationToken cancellationToken)
    {
        if (FailsAcquires)
        {
            throw new InvalidOperationException("Nobody foresaw this.");
        }

        var result = await store.AcquireAsync(credential, request, cancellationToken);
        return LosesAcquires ? throw new StoreUnavailableException("The answer was lost.") : result;
    }

    public Task<bool> RenewAsync(string credential, string leaseId, TimeSpan duration, CancellationToken cancellationToken) =>
        store.RenewAsync(credential, leaseId, duration, cancellationToken);

    public Task ReleaseAsync(string credential, string leaseId, CancellationToken cancellationToken) =>
        store.ReleaseAsync(credential, leaseId, cancellationToken);

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => store.ListAsync(cancellationToken);

    public async Task<WriteOutcome> WriteAsync(string credential, RecordWrite write, CancellationToken cancellationToken)
    {
        Asked?.Invoke();
        if (RefusesUnguardedWrites && write.Guard is null)
        {
            throw new StoreUnavailableException("It was away.");
        }

        var outcome = await store.WriteAsync(credential, write, cancellationToken);
        return LosesGuardedWrites && write.Guard is not null ? throw new StoreUnavailableException("The answer was lost.") : outcome;
    }

    public Task AppendHistoryAsync(string credential, ReadOnlyMemory<byte> entry, CancellationToken cancellationToken) =>
        store.AppendHistoryAsync(credential, entry, cancellationToken);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadHistoryAsync(string credential, CancellationToken cancellationToken) =>
        store.ReadHistoryAsync(credential, cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private void OnAnnounced(string credential, StoredRecord stored)
    {
        if (!IsDeaf)
        {
            _announced?.Invoke(credential, stored);
        }
    }
}
