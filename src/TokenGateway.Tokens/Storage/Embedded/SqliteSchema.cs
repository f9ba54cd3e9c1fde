namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>The tables. Nothing here is derived from a token: documents and history entries are opaque.</summary>
internal static class SqliteSchema
{
    public const string Create = """
        -- A row without a revision is a credential that has had a lease but never a record.
        CREATE TABLE IF NOT EXISTS record (
            credential TEXT PRIMARY KEY, revision TEXT, fence INTEGER NOT NULL, document BLOB) WITHOUT ROWID;

        -- expires and duration are ticks of 100 ns on the boot clock of the boot that is named.
        CREATE TABLE IF NOT EXISTS lease (
            credential TEXT PRIMARY KEY, id TEXT NOT NULL, owner TEXT NOT NULL,
            boot TEXT NOT NULL, expires INTEGER NOT NULL, duration INTEGER NOT NULL) WITHOUT ROWID;

        -- The store's time is the boot clock of the boot that is named, plus its offset; highest is the latest store time
        -- at which a lease was given or a record written. Ticks of 100 ns, highest since the year 1.
        CREATE TABLE IF NOT EXISTS clock (boot TEXT PRIMARY KEY, offset INTEGER NOT NULL, highest INTEGER NOT NULL) WITHOUT ROWID;

        -- The last announced write of each credential, exactly as written; AUTOINCREMENT never gives a number twice.
        CREATE TABLE IF NOT EXISTS announcement (
            number INTEGER PRIMARY KEY AUTOINCREMENT, credential TEXT NOT NULL UNIQUE, revision TEXT NOT NULL, document BLOB NOT NULL);

        CREATE TABLE IF NOT EXISTS history (number INTEGER PRIMARY KEY AUTOINCREMENT, credential TEXT NOT NULL, entry BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS history_by_credential ON history (credential, number);

        -- expires is in milliseconds since 1970.
        CREATE TABLE IF NOT EXISTS cache (key TEXT PRIMARY KEY, value BLOB NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
        """;
}
