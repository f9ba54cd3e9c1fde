using Microsoft.Data.Sqlite;

namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>Short forms of ADO.NET, for connections of <see cref="SqliteDatabase"/>.</summary>
internal static class SqliteCommands
{
    public static int Execute(this PreparedSqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        connection.Bind(sql, parameters).ExecuteNonQuery();

    public static List<T> Query<T>(
        this PreparedSqliteConnection connection, string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var reader = connection.Bind(sql, parameters).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    /// <summary>The first row, or the default where there is none.</summary>
    public static T? First<T>(
        this PreparedSqliteConnection connection, string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var reader = connection.Bind(sql, parameters).ExecuteReader();
        return reader.Read() ? row(reader) : default;
    }
}
