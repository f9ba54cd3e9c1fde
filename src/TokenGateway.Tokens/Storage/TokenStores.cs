using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Storage.Embedded;
using TokenGateway.Tokens.Storage.Redis;

namespace TokenGateway.Tokens.Storage;

/// <summary>Makes the store that is configured.</summary>
internal static class TokenStores
{
    /// <exception cref="FormatException">TokenGateway:Store:Redis is not a configuration string.</exception>
    public static TokenStorage Create(StoreSettings settings, TimeProvider time, RandomSource random, ILoggerFactory loggers)
    {
        var (store, cache) = settings.Kind == StoreKind.Redis ? Redis(settings, time, random, loggers) : Embedded(settings, time, random, loggers);
        return new TokenStorage(new RetriedReads(store, settings.OperationTimeout, time, random), cache);
    }

    private static TokenStorage Embedded(StoreSettings settings, TimeProvider time, RandomSource random, ILoggerFactory loggers)
    {
        var database = new SqliteDatabase(settings.Path, settings.OperationTimeout, time, random);
        var store = new SqliteTokenStore(database, time, loggers.CreateLogger<SqliteTokenStore>());
        return new TokenStorage(store, new SqliteDistributedCache(database, time));
    }

    private static TokenStorage Redis(StoreSettings settings, TimeProvider time, RandomSource random, ILoggerFactory loggers)
    {
        var options = RedisOptions.From(settings);
        var keys = new RedisKeys(settings.KeyPrefix, options.DefaultDatabase ?? 0);
        var logger = loggers.CreateLogger<RedisTokenStore>();
        var examination = new RedisExamination(settings.AllowVolatile);
        var sentinels = string.IsNullOrEmpty(options.ServiceName) ? null : new RedisSentinels(options);
        var replicas = new RedisReplicas(settings.MinReplicas, sentinels);
        var writes = new RedisDurableWrites(replicas, examination, settings.OperationTimeout, time, random);
        var connection = new RedisConnection(options, sentinels, writes, examination, settings.OperationTimeout, time, logger);
        var cache = new RedisCache(Options.Create(new RedisCacheOptions
        {
            InstanceName = keys.CachePrefix,
            ConnectionMultiplexerFactory = () => connection.Multiplexer,
        }));
        return new TokenStorage(new RedisTokenStore(connection, keys, logger), cache);
    }
}
