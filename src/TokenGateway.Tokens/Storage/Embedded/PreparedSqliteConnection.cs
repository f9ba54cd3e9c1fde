using Microsoft.Data.Sqlite;

namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>
/// A connection that keeps its statements compiled. They are few and constant, and a gateway with many credentials runs two of them for each every few seconds: compiling
/// was most of their cost, and most of an idle process's garbage.
/// </summary>
/// <param name="connectionString">Without pooling: what is compiled belongs to this connection.</param>
internal sealed class PreparedSqliteConnection(string connectionString) : SqliteConnection(connectionString)
{
    private readonly Dictionary<string, SqliteCommand> _statements = new(StringComparer.Ordinal);

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
