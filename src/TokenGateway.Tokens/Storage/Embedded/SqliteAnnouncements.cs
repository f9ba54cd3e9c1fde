using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>
/// Notices the announced writes of every process, this one's included, by asking SQLite whether the file has changed: every 20 ms while it does change, as the
/// operating system tells, and once a second otherwise. That costs a few microseconds; the rows are read only when it has. Where the system tells nothing, it is asked every 20 ms.
/// </summary>
internal sealed partial class SqliteAnnouncements(SqliteDatabase database, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Waking the process fifty times a second is most of what an idle gateway costs.</summary>
    private static readonly TimeSpan QuietInterval = TimeSpan.FromSeconds(1);

    /// <summary>A write is heard of when it begins; on a slow disk, its end may take a while.</summary>
    private static readonly TimeSpan Lively = TimeSpan.FromSeconds(2);

    private readonly WakeSignal _changed = new(time);
    private volatile bool _stopped;
    private SqliteFileWatch? _watch;
    private long _changedAt;
    private PreparedSqliteConnection? _connection;
    private Task _polling = Task.CompletedTask;
    private long _dataVersion;
    private long _lastSeen;

    public event Action<string, StoredRecord>? Announced;

    /// <summary>Announces what is written from now on.</summary>
    public void Start()
    {
        _connection = database.Connect();
        _dataVersion = _connection.DataVersion();
        _lastSeen = _connection.First("SELECT coalesce(max(number), 0) FROM announcement", row => row.GetInt64(0));
        NoteChange();
        _watch = database.Watch(NoteChange);
        _polling = PollAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _watch?.Dispose();
        _stopped = true;
        _changed.Set();
        await _polling;
        _connection?.Dispose();
    }

    private async Task PollAsync()
    {
        var failing = false;
        await NextRoundAsync();
        while (!_stopped)
        {
            try
            {
                Poll();
                failing = false;
            }
            catch (Exception exception)
            {
                if (!failing)
                {
                    SqliteAnnouncementsLog.PollFailed(logger, exception);
                }

                failing = true;
            }

            await NextRoundAsync();
        }
    }

    private ValueTask NextRoundAsync()
    {
        var isQuiet = _watch is not null && time.GetElapsedTime(Volatile.Read(ref _changedAt)) > Lively;
        return _changed.WaitAsync(isQuiet ? QuietInterval : Interval);
    }

    private void NoteChange()
    {
        Volatile.Write(ref _changedAt, time.GetTimestamp());
        _changed.Set();
    }

    private void Poll()
    {
        var version = _connection!.DataVersion();
        if (version == _dataVersion)
        {
            return;
        }

        var rows = _connection.Query(
            "SELECT number, credential, revision, document FROM announcement WHERE number > $seen ORDER BY number",
            row => (Number: row.GetInt64(0), Credential: row.GetString(1), Record: new StoredRecord(row.GetString(2), row.GetFieldValue<byte[]>(3))),
            ("$seen", _lastSeen));
        _dataVersion = version;
        foreach (var row in rows)
        {
            _lastSeen = row.Number;
            Announced?.Invoke(row.Credential, row.Record);
        }
    }

    private static partial class SqliteAnnouncementsLog
    {
        [LoggerMessage(EventIds.StorePollFailed, LogLevel.Warning,
            "The store file could not be polled for other processes' announcements; polling goes on, and the next failures in a row are not logged.")]
        public static partial void PollFailed(ILogger logger, Exception exception);
    }
}
