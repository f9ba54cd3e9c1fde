using TokenGateway.Tokens.Storage;

namespace TokenGateway.Simulation.Stores;

/// <summary>One process's view of an <see cref="InMemoryServer"/> over a perfect network. The simulation's own has faults: <see cref="StoreConnection"/>.</summary>
internal sealed class InMemoryTokenStore(InMemoryServer server) : ITokenStore
{
    public event Action<string, StoredRecord>? Announced;

    public event Action? Reconnected
    {
        add { } // Nothing ever breaks.
        remove { }
    }

    public bool MayForget => false;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        server.Announced += Raise;
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => Answer(server.List, cancellationToken);

    public Task<StoreSnapshot> ReadAsync(string credential, CancellationToken cancellationToken) =>
        Answer(() => server[credential].SnapshotAt(server.Now), cancellationToken);

    public Task<AcquireResult> AcquireAsync(string credential, LeaseRequest request, CancellationToken cancellationToken) =>
        Answer(() => server.Acquire(credential, request), cancellationToken);

    public Task<bool> RenewAsync(string credential, string leaseId, TimeSpan duration, CancellationToken cancellationToken) =>
        Answer(() => server.Renew(credential, leaseId, duration), cancellationToken);

    public Task ReleaseAsync(string credential, string leaseId, CancellationToken cancellationToken) => Answer(() =>
    {
        server.Release(credential, leaseId);
        return true;
    }, cancellationToken);

    public Task<WriteOutcome> WriteAsync(string credential, RecordWrite write, CancellationToken cancellationToken) =>
        Answer(() => server.Write(credential, write), cancellationToken);

    public Task AppendHistoryAsync(string credential, ReadOnlyMemory<byte> entry, CancellationToken cancellationToken) => Answer(() =>
    {
        server.Append(credential, entry);
        return true;
    }, cancellationToken);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadHistoryAsync(string credential, CancellationToken cancellationToken) =>
        Answer(() => server[credential].History, cancellationToken);

    public ValueTask DisposeAsync()
    {
        server.Announced -= Raise;
        return ValueTask.CompletedTask;
    }

    private void Raise(string credential, StoredRecord record) => Announced?.Invoke(credential, record);

    private static Task<T> Answer<T>(Func<T> execute, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? Task.FromCanceled<T>(cancellationToken) : Task.FromResult(execute());
}
