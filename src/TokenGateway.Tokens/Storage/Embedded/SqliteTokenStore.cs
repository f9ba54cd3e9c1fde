using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>Credentials in one SQLite file on a local disk, shared by the processes of one machine. Every call is one transaction.</summary>
internal sealed class SqliteTokenStore : ITokenStore
{
    /// <summary>No version of the file: what was seen under it is looked at again.</summary>
    private const long Outdated = -1;

    private readonly SqliteDatabase _database;
    private readonly SqliteAnnouncements _announcements;
    private readonly SqliteLeases _leases;
    private readonly SqliteClock _clock;
    private readonly ConcurrentDictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    public SqliteTokenStore(SqliteDatabase database, TimeProvider time, ILogger<SqliteTokenStore> logger)
    {
        var boot = new BootClock(time);
        _database = database;
        _announcements = new SqliteAnnouncements(database, time, logger);
        _leases = new SqliteLeases(boot);
        _clock = new SqliteClock(boot, time);
    }

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

    public Task StartAsync(CancellationToken cancellationToken) => DiskWork.RunAsync(
        () =>
        {
            _database.Open();
            _database.Write(connection =>
            {
                _clock.Start(connection);
                return true;
            });
            _announcements.Start();
        },
        cancellationToken);

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        DiskWork.RunAsync(() => _database.Read(SqliteRecords.List), cancellationToken);

    public Task<StoreSnapshot> ReadAsync(string credential, CancellationToken cancellationToken) =>
        DiskWork.RunAsync(static look => look.Store.Look(look.Credential), (Store: this, Credential: credential), cancellationToken);

    public Task<AcquireResult> AcquireAsync(string credential, LeaseRequest request, CancellationToken cancellationToken) =>
        WriteAsync(credential, connection => Acquire(connection, credential, request), cancellationToken);

    public Task<bool> RenewAsync(string credential, string leaseId, TimeSpan duration, CancellationToken cancellationToken) =>
        WriteAsync(credential, connection => Renew(connection, credential, leaseId, duration), cancellationToken);

    public Task ReleaseAsync(string credential, string leaseId, CancellationToken cancellationToken) =>
        WriteAsync(credential, connection => SqliteLeases.Remove(connection, credential, leaseId), cancellationToken);

    public Task<WriteOutcome> WriteAsync(string credential, RecordWrite write, CancellationToken cancellationToken) =>
        WriteAsync(credential, connection => Write(connection, credential, write), cancellationToken);

    public Task AppendHistoryAsync(string credential, ReadOnlyMemory<byte> entry, CancellationToken cancellationToken) =>
        WriteAsync(credential, connection => SqliteRecords.AppendHistory(connection, credential, entry), cancellationToken);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadHistoryAsync(string credential, CancellationToken cancellationToken) =>
        DiskWork.RunAsync(() => _database.Read(connection => SqliteRecords.History(connection, credential)), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _announcements.DisposeAsync();
        _database.Dispose();
    }

    private bool Renew(PreparedSqliteConnection connection, string credential, string leaseId, TimeSpan duration)
    {
        if (_leases.Find(connection, credential) is not { } lease || lease.Id != leaseId)
        {
            return false;
        }

        _leases.Put(connection, credential, new LeaseRequest(leaseId, lease.Owner, duration));
        return true;
    }

    private WriteOutcome Write(PreparedSqliteConnection connection, string credential, RecordWrite write)
    {
        var current = SqliteRecords.Find(connection, credential);
        if (current.Record?.Revision != write.ExpectedRevision)
        {
            return WriteOutcome.Superseded;
        }

        if (write.Guard is { } guard && (_leases.Find(connection, credential)?.Id != guard.LeaseId || current.Fence != guard.Fence))
        {
            return WriteOutcome.LeaseLost;
        }

        SqliteRecords.Put(connection, credential, write.Record, write.MinimumFence);
        _clock.Stamp(connection, _clock.Now);
        if (write.Announce)
        {
            SqliteRecords.Announce(connection, credential, write.Record);
        }

        return WriteOutcome.Written;
    }

    private AcquireResult Acquire(PreparedSqliteConnection connection, string credential, LeaseRequest request)
    {
        var lease = _leases.Find(connection, credential);
        if (lease is not null && lease.Id != request.LeaseId && !(lease.Silence >= request.StaleAfter))
        {
            return new AcquireResult(false, Snapshot(connection, credential));
        }

        _leases.Put(connection, credential, request);
        SqliteRecords.RaiseFence(connection, credential);
        var snapshot = Snapshot(connection, credential);
        _clock.Stamp(connection, snapshot.StoreTime);
        return new AcquireResult(true, snapshot);
    }

    /// <summary>
    /// Each credential is read every few seconds, and nearly always nothing was written meanwhile: then what was read last is what would be read again. Only where there was no lease,
    /// which ends by itself.
    /// </summary>
    private StoreSnapshot Look(string credential) => _seen.TryGetValue(credential, out var seen) && seen.DataVersion == _database.DataVersion()
        ? new StoreSnapshot(seen.Row.Record, seen.Row.Fence, null, _clock.Now)
        : LookAnew(credential);

    private StoreSnapshot LookAnew(string credential) => _database.Read(connection => LookAnew(connection, credential));

    /// <summary>Within the transaction, so that no write of this process can come between what is read and what is remembered of it.</summary>
    private StoreSnapshot LookAnew(PreparedSqliteConnection connection, string credential)
    {
        var known = _seen.GetValueOrDefault(credential)?.Row.Record;
        var read = Snapshot(connection, credential);
        var snapshot = IsSame(known, read.Record) ? read with { Record = known } : read; // Others hold that one: a second copy of a thousand records is a megabyte.
        _seen[credential] = new Seen(snapshot.Lease is null ? connection.DataVersion() : Outdated, new SqliteRecords.Row(snapshot.Record, snapshot.Fence));
        return snapshot;
    }

    /// <summary>SQLite's number does not count what this very connection writes.</summary>
    private void Forget(string credential)
    {
        if (_seen.TryGetValue(credential, out var seen))
        {
            _seen[credential] = seen with { DataVersion = Outdated };
        }
    }

    private static bool IsSame(StoredRecord? one, StoredRecord? other) => one is not null && one.Revision == other?.Revision && one.Document.Span.SequenceEqual(other.Document.Span);

    private StoreSnapshot Snapshot(PreparedSqliteConnection connection, string credential)
    {
        var row = SqliteRecords.Find(connection, credential);
        var lease = _leases.Find(connection, credential);
        var now = _clock.Now;
        return new StoreSnapshot(row.Record, row.Fence, lease is null ? null : new LeaseInfo(lease.Owner, now + lease.Remaining), now);
    }

    private Task<T> WriteAsync<T>(string credential, Func<PreparedSqliteConnection, T> work, CancellationToken cancellationToken) =>
        DiskWork.RunAsync(
            () => _database.Write(connection =>
            {
                Forget(credential); // Whatever becomes of it.
                return work(connection);
            }),
            cancellationToken);

    /// <param name="DataVersion">The file's when it was read.</param>
    /// <param name="Row">What was read.</param>
    private sealed record Seen(long DataVersion, SqliteRecords.Row Row);
}
