using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>
/// Notices the announced writes of every process, this one's included, by asking SQLite whether the file has changed.
/// That costs a few microseconds; the rows are read only when it has.
/// </summary>
internal sealed partial class SqliteAnnouncements(SqliteDatabase database, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stop = new();
    private SqliteConnection? _connection;
    private Task _polling = Task.CompletedTask;
    private long _dataVersion;
    private long _lastSeen;

    public event Action<string, StoredRecord>? Announced;

    /// <summary>Announces what is written from now on.</summary>
    public void Start()
    {
        _connection = database.Connect();
        _dataVersion = Number("PRAGMA data_version");
        _lastSeen = Number("SELECT coalesce(max(number), 0) FROM announcement");
        _polling = PollAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _polling;
        _connection?.Dispose();
        _stop.Dispose();
    }

    private async Task PollAsync(CancellationToken stop)
    {
        var failing = false;
        while (true)
        {
            await Task.Delay(Interval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (stop.IsCancellationRequested)
            {
                return;
            }

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
        }
    }

    private void Poll()
    {
        var version = Number("PRAGMA data_version");
        if (version == _dataVersion)
        {
            return;
        }

        var rows = _connection!.Query(
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

    private long Number(string sql) => _connection!.Query(sql, row => row.GetInt64(0))[0];

    private static partial class SqliteAnnouncementsLog
    {
        [LoggerMessage(EventIds.StorePollFailed, LogLevel.Warning,
            "The store file could not be polled for other processes' announcements; polling goes on, and the next failures in a row are not logged.")]
        public static partial void PollFailed(ILogger logger, Exception exception);
    }
}
