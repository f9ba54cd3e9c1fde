namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>
/// The store's time: the boot clock, plus an offset that the first process of a boot writes into the file. So all processes of the machine agree,
/// and setting the machine's clock changes nothing; only a boot brings the store's time up to the wall clock, and never back.
/// </summary>
internal sealed class SqliteClock(BootClock boot, TimeProvider time)
{
    private long _offset;

    public DateTimeOffset Now => new(boot.Now.Ticks + _offset, TimeSpan.Zero);

    /// <summary>Takes over this boot's offset, or decides it. Inside a write transaction, before anything else is asked.</summary>
    public void Start(PreparedSqliteConnection connection)
    {
        var highest = connection.First("SELECT coalesce(max(highest), 0) FROM clock", row => row.GetInt64(0));
        var known = connection.First("SELECT offset FROM clock WHERE boot = $boot", row => (long?)row.GetInt64(0), ("$boot", boot.BootId));
        var elapsed = boot.Now.Ticks;
        if (known is { } offset && elapsed + offset >= highest)
        {
            _offset = offset;
            return;
        }

        // A new boot; or one that could not be told from the last but by its clock, which has started again.
        var now = Math.Max(time.GetUtcNow().UtcTicks, highest);
        _offset = now - elapsed;
        connection.Execute(
            "INSERT OR REPLACE INTO clock (boot, offset, highest) VALUES ($boot, $offset, $now)",
            ("$boot", boot.BootId), ("$offset", _offset), ("$now", now));
    }

    /// <summary>Remembers the moment of a write, which the next boot must not come before.</summary>
    public int Stamp(PreparedSqliteConnection connection, DateTimeOffset now) => connection.Execute(
        "UPDATE clock SET highest = max(highest, $now) WHERE boot = $boot", ("$boot", boot.BootId), ("$now", now.UtcTicks));
}
