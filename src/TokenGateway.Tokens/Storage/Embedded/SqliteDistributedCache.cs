using Microsoft.Extensions.Caching.Distributed;

namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>
/// A cache in the store's file, for what the processes of one machine share. An entry that asks for a sliding expiration dies after it
/// all the same: it may die too early, never too late.
/// </summary>
internal sealed class SqliteDistributedCache(SqliteDatabase database, TimeProvider time) : IDistributedCache
{
    public byte[]? Get(string key) => database.Read(connection => connection.First(
        "SELECT value FROM cache WHERE key = $key AND expires > $now", row => row.GetFieldValue<byte[]>(0),
        ("$key", key), ("$now", Now)));

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options)
    {
        var now = Now;
        var expires = Expiry(options).ToUnixTimeMilliseconds();
        database.Write(connection => connection.Execute(
            """
            DELETE FROM cache WHERE expires <= $now;
            INSERT OR REPLACE INTO cache (key, value, expires) VALUES ($key, $value, $expires);
            """,
            ("$now", now), ("$key", key), ("$value", value), ("$expires", expires)));
    }

    public void Remove(string key) => database.Write(connection => connection.Execute("DELETE FROM cache WHERE key = $key", ("$key", key)));

    public void Refresh(string key)
    {
        // There is no sliding expiration to refresh.
    }

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => DiskWork.RunAsync(() => Get(key), token);

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
        DiskWork.RunAsync(() => Set(key, value, options), token);

    public Task RemoveAsync(string key, CancellationToken token = default) => DiskWork.RunAsync(() => Remove(key), token);

    public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private DateTimeOffset Expiry(DistributedCacheEntryOptions options) => options switch
    {
        { AbsoluteExpiration: { } at } => at,
        { AbsoluteExpirationRelativeToNow: { } after } => time.GetUtcNow() + after,
        { SlidingExpiration: { } idle } => time.GetUtcNow() + idle,
        _ => DateTimeOffset.MaxValue,
    };
}
