using StackExchange.Redis;

namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>
/// How many replicas must have a write before it counts: where a failover is to be expected, as many as whoever makes it may promote. The primary's own count
/// is not enough. A replica that is being promoted has left it, and the primary, killed and back at once, goes on taking writes until it is told; under
/// Sentinel for 8 s.
/// </summary>
/// <param name="minReplicas"><c>Store:MinReplicas</c>: a number, or null for every replica that is online or may be promoted.</param>
/// <param name="sentinels">Those that find the primary, and fail over; null where it is named by its address.</param>
internal sealed class RedisReplicas(int? minReplicas, RedisSentinels? sentinels)
{
    /// <exception cref="StoreUnavailableException">Sentinel has made another server the primary, or does not answer.</exception>
    public async Task<int> RequiredAsync(IServer primary, RedisServerInfo info)
    {
        if (minReplicas is { } number)
        {
            return number;
        }

        var online = info.OnlineReplicas ?? 0;
        var promotable = sentinels is not null ? await sentinels.CountReplicasAsync(primary)
            : primary.ServerType == ServerType.Cluster ? await InClusterAsync(primary)
            : null;

        // At least one: a write that only the primary has would not survive a failover.
        return promotable is { } known ? Math.Max(online, Math.Max(known, 1)) : online;
    }

    /// <summary>Nodes that the Cluster has found to be down are left out by the client. Null where there is no replica at all, and so nothing to fail over to.</summary>
    private static async Task<int?> InClusterAsync(IServer primary)
    {
        var replicas = (await primary.ClusterNodesAsync())?.Nodes.Where(node => node.IsReplica).ToList();
        return replicas is { Count: 0 } ? null : replicas?.Count(replica => replica.Parent is { IsMyself: true }) ?? 0;
    }
}
