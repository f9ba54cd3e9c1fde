namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>The lease rows, inside whatever transaction is open.</summary>
internal sealed class SqliteLeases(BootClock clock)
{
    /// <summary>A live lease; its silence is how long ago it was last given or renewed.</summary>
    public sealed record Row(string Id, string Owner, TimeSpan Remaining, TimeSpan Silence);

    /// <summary>The lease if it is alive: of this boot, not expired, and with no more left than it was given (a clock that went back would show so).</summary>
    public Row? Find(PreparedSqliteConnection connection, string credential)
    {
        var now = clock.Now.Ticks;
        return connection.First(
            """
            SELECT id, owner, expires - $now, $now - (expires - duration) FROM lease
            WHERE credential = $credential AND boot = $boot AND expires > $now AND expires - $now <= duration
            """,
            row => new Row(row.GetString(0), row.GetString(1), TimeSpan.FromTicks(row.GetInt64(2)), TimeSpan.FromTicks(row.GetInt64(3))),
            ("$credential", credential), ("$boot", clock.BootId), ("$now", now));
    }

    public int Put(PreparedSqliteConnection connection, string credential, LeaseRequest request) => connection.Execute(
        "INSERT OR REPLACE INTO lease (credential, id, owner, boot, expires, duration) VALUES ($credential, $id, $owner, $boot, $expires, $duration)",
        ("$credential", credential), ("$id", request.LeaseId), ("$owner", request.Owner), ("$boot", clock.BootId),
        ("$expires", (clock.Now + request.Duration).Ticks), ("$duration", request.Duration.Ticks));

    public static int Remove(PreparedSqliteConnection connection, string credential, string leaseId) => connection.Execute(
        "DELETE FROM lease WHERE credential = $credential AND id = $id", ("$credential", credential), ("$id", leaseId));
}
