using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>
/// A connection that keeps its statements compiled. They are few and constant, and a gateway with many credentials runs two of them for each every few seconds: compiling
/// was most of their cost, and most of an idle process's garbage.
/// </summary>
/// <param name="connectionString">Without pooling: what is compiled belongs to this connection.</param>
internal sealed class PreparedSqliteConnection(string connectionString) : SqliteConnection(connectionString)
{
    private readonly Dictionary<string, SqliteCommand> _statements = new(StringComparer.Ordinal);
    private sqlite3_stmt? _dataVersion;

    /// <summary>
    /// A number that is another one whenever another connection has written (https://www.sqlite.org/pragma.html#pragma_data_version). Asked for so often that it is not asked for
    /// through a command, which allocates half a kilobyte.
    /// </summary>
    public long DataVersion()
    {
        if (_dataVersion is null)
        {
            SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(Handle, "PRAGMA data_version", out _dataVersion), Handle);
        }

        var result = raw.sqlite3_step(_dataVersion);
        var version = raw.sqlite3_column_int64(_dataVersion, 0);
        _ = raw.sqlite3_reset(_dataVersion);
        SqliteException.ThrowExceptionForRC(result == raw.SQLITE_ROW ? raw.SQLITE_OK : result, Handle);
        return version;
    }

    /// <summary>The statement, to be run at once: the next call with the same text binds other values.</summary>
    /// <param name="sql">A constant.</param>
    /// <param name="parameters">Each time the same names in the same order.</param>
    public SqliteCommand Bind(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            _statements[sql] = statement = Create(sql, parameters);
        }

        for (var i = 0; i < parameters.Length; i++)
        {
            statement.Parameters[i].Value = parameters[i].Value ?? DBNull.Value;
        }

        return statement;
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _dataVersion?.Dispose();
        base.Dispose(disposing);
    }

    private SqliteCommand Create(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var statement = CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant; values are parameters.
        statement.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, _) in parameters)
        {
            statement.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return statement;
    }
}
