namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>The record, announcement and history rows, inside whatever transaction is open.</summary>
internal static class SqliteRecords
{
    private const int HistoryLimit = 50;

    public sealed record Row(StoredRecord? Record, long Fence);

    public static Row Find(PreparedSqliteConnection connection, string credential) => connection.First(
        "SELECT fence, revision, document FROM record WHERE credential = $credential",
        row => new Row(row.IsDBNull(1) ? null : new StoredRecord(row.GetString(1), row.GetFieldValue<byte[]>(2)), row.GetInt64(0)),
        ("$credential", credential)) ?? new Row(null, 0);

    public static IReadOnlyList<string> List(PreparedSqliteConnection connection) =>
        connection.Query("SELECT credential FROM record WHERE revision IS NOT NULL", row => row.GetString(0));

    public static int RaiseFence(PreparedSqliteConnection connection, string credential) => connection.Execute(
        "INSERT INTO record (credential, fence) VALUES ($credential, 1) ON CONFLICT (credential) DO UPDATE SET fence = fence + 1",
        ("$credential", credential));

    public static int Put(PreparedSqliteConnection connection, string credential, StoredRecord record, long minimumFence) => connection.Execute(
        """
        INSERT INTO record (credential, revision, fence, document) VALUES ($credential, $revision, $fence, $document)
        ON CONFLICT (credential) DO UPDATE SET revision = $revision, fence = max(fence, $fence), document = $document
        """,
        ("$credential", credential), ("$revision", record.Revision), ("$fence", minimumFence), ("$document", record.Document.ToArray()));

    public static int Announce(PreparedSqliteConnection connection, string credential, StoredRecord record) => connection.Execute(
        "INSERT OR REPLACE INTO announcement (credential, revision, document) VALUES ($credential, $revision, $document)",
        ("$credential", credential), ("$revision", record.Revision), ("$document", record.Document.ToArray()));

    public static int AppendHistory(PreparedSqliteConnection connection, string credential, ReadOnlyMemory<byte> entry) => connection.Execute(
        """
        INSERT INTO history (credential, entry) VALUES ($credential, $entry);
        DELETE FROM history WHERE credential = $credential AND number <=
            (SELECT number FROM history WHERE credential = $credential ORDER BY number DESC LIMIT 1 OFFSET $limit);
        """,
        ("$credential", credential), ("$entry", entry.ToArray()), ("$limit", HistoryLimit));

    public static IReadOnlyList<ReadOnlyMemory<byte>> History(PreparedSqliteConnection connection, string credential) => connection.Query(
        "SELECT entry FROM history WHERE credential = $credential ORDER BY number DESC",
        row => (ReadOnlyMemory<byte>)row.GetFieldValue<byte[]>(0), ("$credential", credential));
}
