using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>
/// The file, and this process's one connection that writes to it. Calls are synchronous: a durable write takes about a millisecond.
/// None takes longer than the operation timeout, waiting for other threads and other processes included.
/// </summary>
internal sealed class SqliteDatabase(string path, TimeSpan operationTimeout, TimeProvider time, RandomSource random) : IDisposable
{
    /// <summary>Of each connection. SQLite's own 2 MB would hold every record of a thousand credentials a second time: what is read again and again, the store remembers.</summary>
    private const int CacheKilobytes = 256;

    private readonly Lock _lock = new();
    private PreparedSqliteConnection? _connection;

    /// <summary>Makes the folder, the file (readable by its owner only; SQLite gives -wal and -shm the same mode) and the tables.</summary>
    /// <exception cref="StoreUnavailableException">The folder or the file cannot be written.</exception>
    public void Open()
    {
        CreateFile();
        try
        {
            _connection = Connect();
            RefuseReadOnly(_connection);
        }
        catch (SqliteException exception)
        {
            throw SqliteFailures.Translate(exception, path);
        }

        Write(connection =>
        {
            RunRaw(connection, SqliteSchema.Create);
            return true;
        });
    }

    /// <summary>Another connection to the same file, for reading beside the writes.</summary>
    public PreparedSqliteConnection Connect()
    {
        // The provider's own wait sleeps 150 ms at a time, SQLite's starts at 1 ms: the command timeout only has to outlast the latter.
        var connection = new PreparedSqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,
            DefaultTimeout = (int)Math.Ceiling(Math.Max(1, operationTimeout.TotalSeconds)),
        }.ToString());
        try
        {
            connection.Open();
            WaitWhenBusy(connection, operationTimeout);
            connection.Execute($"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -{CacheKilobytes};");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="SqliteFileWatch.TryStart" />
    public SqliteFileWatch? Watch(Action changed) => SqliteFileWatch.TryStart(path, changed);

    /// <summary>Statements that all see the same moment, and wait for no writer.</summary>
    public T Read<T>(Func<PreparedSqliteConnection, T> query) => Transaction("BEGIN DEFERRED", query);

    /// <summary>Statements that are alone among all processes, and on disk when this returns.</summary>
    public T Write<T>(Func<PreparedSqliteConnection, T> work) => Transaction("BEGIN IMMEDIATE", work);

    /// <inheritdoc cref="PreparedSqliteConnection.DataVersion" />
    public long DataVersion() => Exclusively(static connection => connection.DataVersion());

    public void Dispose()
    {
        lock (_lock)
        {
            _connection?.Dispose();
        }
    }

    // SQLite falls back to reading without a word, and says so only when a page is written.
    private static void RefuseReadOnly(PreparedSqliteConnection connection)
    {
        if (raw.sqlite3_db_readonly(connection.Handle, "main") == 1)
        {
            SqliteException.ThrowExceptionForRC(raw.SQLITE_READONLY, connection.Handle);
        }
    }

    private static void WaitWhenBusy(PreparedSqliteConnection connection, TimeSpan timeout) =>
        _ = raw.sqlite3_busy_timeout(connection.Handle, (int)Math.Max(1, timeout.TotalMilliseconds));

    // Not through a command, which would wait again after SQLite has given up.
    private static void RunRaw(PreparedSqliteConnection connection, string sql) =>
        SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(connection.Handle, sql), connection.Handle);

    private T Transaction<T>(string begin, Func<PreparedSqliteConnection, T> work) => Exclusively(connection => Commit(connection, begin, work));

    /// <summary>One thread at a time, and none waits for longer than the operation timeout.</summary>
    private T Exclusively<T>(Func<PreparedSqliteConnection, T> work)
    {
        var start = time.GetTimestamp();
        if (!_lock.TryEnter(operationTimeout))
        {
            throw SqliteFailures.Timeout(path);
        }

        try
        {
            var connection = _connection ?? throw new InvalidOperationException("StartAsync has not been called.");
            WaitWhenBusy(connection, operationTimeout - time.GetElapsedTime(start));
            return work(connection);
        }
        catch (SqliteException exception)
        {
            throw SqliteFailures.Translate(exception, path);
        }
        finally
        {
            _lock.Exit();
        }
    }

    private static T Commit<T>(PreparedSqliteConnection connection, string begin, Func<PreparedSqliteConnection, T> work)
    {
        RunRaw(connection, begin);
        try
        {
            var result = work(connection);
            RunRaw(connection, "COMMIT");
            return result;
        }
        catch
        {
            // Some errors have already rolled back; a second rollback then fails harmlessly.
            _ = raw.sqlite3_exec(connection.Handle, "ROLLBACK");
            throw;
        }
    }

    private void CreateFile()
    {
        try
        {
            SqliteFile.Create(path, random.NextId());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException(
                $"The store file '{path}' cannot be created or written: set TokenGateway:Store:Path to a file in a folder that this process may write.", exception);
        }
    }
}
