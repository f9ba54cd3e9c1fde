using StackExchange.Redis;

namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>How many replicas must have a write before it counts.</summary>
/// <param name="minReplicas"><c>Store:MinReplicas</c>: a number, or null for every replica that is online.</param>
/// <param name="underSentinel">Whether the primary is found through Sentinel, which fails over to a replica.</param>
internal sealed class RedisReplicas(int? minReplicas, bool underSentinel)
{
    /// <summary>Where a failover is to be expected, at least one: a write that only the primary has would not survive it.</summary>
    public int Required(IServer primary, RedisServerInfo info) =>
        minReplicas ?? Math.Max(info.OnlineReplicas ?? 0, underSentinel || FailsOver(primary) ? 1 : 0);

    private static bool FailsOver(IServer primary) =>
        primary.ServerType == ServerType.Cluster && primary.ClusterConfiguration?.Nodes.Any(node => node.IsReplica) != false;
}
