using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>Credentials in one SQLite file on a local disk, shared by the processes of one machine. Every call is one transaction.</summary>
internal sealed class SqliteTokenStore(SqliteDatabase database, TimeProvider time, ILogger<SqliteTokenStore> logger) : ITokenStore
{
    private readonly SqliteAnnouncements _announcements = new(database, time, logger);

    public event Action<string, StoredRecord>? Announced
    {
        add => _announcements.Announced += value;
        remove => _announcements.Announced -= value;
    }

    /// <summary>Never raised: a file has no connection to lose.</summary>
    public event Action? Reconnected
    {
        add { }
        remove { }
    }

    public bool MayForget => false;

    public Task StartAsync(CancellationToken cancellationToken) => SynchronousAnswer.Of(
        () =>
        {
            database.Open();
            _announcements.Start();
        },
        cancellationToken);

    public Task<StoreSnapshot> ReadAsync(string credential, CancellationToken cancellationToken) =>
        ReadAsync(connection => Snapshot(connection, credential), cancellationToken);

    public Task<AcquireResult> AcquireAsync(string credential, LeaseRequest request, CancellationToken cancellationToken) =>
        WriteAsync(connection => Acquire(connection, credential, request), cancellationToken);

    public Task<bool> RenewAsync(string credential, string leaseId, TimeSpan duration, CancellationToken cancellationToken) =>
        WriteAsync(connection => Renew(connection, credential, leaseId, duration), cancellationToken);

    public Task ReleaseAsync(string credential, string leaseId, CancellationToken cancellationToken) =>
        WriteAsync(connection => SqliteLeases.Remove(connection, credential, leaseId), cancellationToken);

    public Task<WriteOutcome> WriteAsync(string credential, RecordWrite write, CancellationToken cancellationToken) =>
        WriteAsync(connection => Write(connection, credential, write), cancellationToken);

    public Task AppendHistoryAsync(string credential, ReadOnlyMemory<byte> entry, CancellationToken cancellationToken) =>
        WriteAsync(connection => SqliteRecords.AppendHistory(connection, credential, entry), cancellationToken);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadHistoryAsync(string credential, CancellationToken cancellationToken) =>
        ReadAsync(connection => SqliteRecords.History(connection, credential), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _announcements.DisposeAsync();
        database.Dispose();
    }

    private static bool Renew(SqliteConnection connection, string credential, string leaseId, TimeSpan duration)
    {
        if (SqliteLeases.Find(connection, credential) is not { } lease || lease.Id != leaseId)
        {
            return false;
        }

        SqliteLeases.Put(connection, credential, new LeaseRequest(leaseId, lease.Owner, duration));
        return true;
    }

    private static WriteOutcome Write(SqliteConnection connection, string credential, RecordWrite write)
    {
        var current = SqliteRecords.Find(connection, credential);
        if (current.Record?.Revision != write.ExpectedRevision)
        {
            return WriteOutcome.Superseded;
        }

        if (write.Guard is { } guard && (SqliteLeases.Find(connection, credential)?.Id != guard.LeaseId || current.Fence != guard.Fence))
        {
            return WriteOutcome.LeaseLost;
        }

        SqliteRecords.Put(connection, credential, write.Record, write.MinimumFence);
        if (write.Announce)
        {
            SqliteRecords.Announce(connection, credential, write.Record);
        }

        return WriteOutcome.Written;
    }

    private AcquireResult Acquire(SqliteConnection connection, string credential, LeaseRequest request)
    {
        var lease = SqliteLeases.Find(connection, credential);
        var free = lease is null || lease.Id == request.LeaseId;
        if (free)
        {
            SqliteLeases.Put(connection, credential, request);
            SqliteRecords.RaiseFence(connection, credential);
        }

        return new AcquireResult(free, Snapshot(connection, credential));
    }

    private StoreSnapshot Snapshot(SqliteConnection connection, string credential)
    {
        var row = SqliteRecords.Find(connection, credential);
        var lease = SqliteLeases.Find(connection, credential);
        var now = time.GetUtcNow();
        return new StoreSnapshot(row.Record, row.Fence, lease is null ? null : new LeaseInfo(lease.Owner, now + lease.Remaining), now);
    }

    private Task<T> ReadAsync<T>(Func<SqliteConnection, T> query, CancellationToken cancellationToken) =>
        SynchronousAnswer.Of(() => database.Read(query), cancellationToken);

    private Task<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken) =>
        SynchronousAnswer.Of(() => database.Write(work), cancellationToken);
}
