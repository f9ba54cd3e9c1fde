using StackExchange.Redis;

namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>The names of keys. The braces put all keys of a credential in one slot of a Cluster, so that a script may use them together.</summary>
internal sealed class RedisKeys(string prefix, int database)
{
    /// <summary>Channels, unlike keys, are shared by all databases of a server.</summary>
    public string Channel { get; } = database <= 0 ? $"{prefix}:announce" : $"{prefix}:announce:{database}";

    public string CachePrefix { get; } = $"{prefix}:cache:";

    /// <summary>A hash of revision, document and fence; without a TTL.</summary>
    public RedisKey Record(string credential) => $"{prefix}:{{{credential}}}:record";

    /// <summary>A string of the lease's id, its duration in milliseconds and its owner, each on a line; it lives as long as the lease.</summary>
    public RedisKey Lease(string credential) => $"{prefix}:{{{credential}}}:lease";

    /// <summary>A set of the names of all credentials that were ever written. It lies in a slot of its own, so it is written before a credential's first record, not with it.</summary>
    public RedisKey Names { get; } = $"{prefix}:names";

    /// <summary>A list, newest first.</summary>
    public RedisKey History(string credential) => $"{prefix}:{{{credential}}}:history";
}
