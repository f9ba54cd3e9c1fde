using System.Collections.Concurrent;
using StackExchange.Redis;

namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>How many replicas must have a write before it counts.</summary>
/// <param name="minReplicas"><c>Store:MinReplicas</c>: a number, or null for every replica that is online, or was a moment ago.</param>
/// <param name="underSentinel">Whether the primary is found through Sentinel, which fails over to a replica.</param>
/// <param name="time">Tells how long ago a replica was there.</param>
internal sealed class RedisReplicas(int? minReplicas, bool underSentinel, TimeProvider time)
{
    /// <summary>
    /// A replica that has gone may just have been promoted, and the primary that it left goes on taking writes until it is told: a Sentinel waits 8 s before it makes a
    /// replica of one that came back.
    /// </summary>
    private static readonly TimeSpan FailoverTime = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, (int Replicas, long SeenAt)> _most = new(StringComparer.Ordinal);

    /// <summary>Where a failover is to be expected, at least one: a write that only the primary has would not survive it.</summary>
    public int Required(IServer primary, RedisServerInfo info)
    {
        var online = info.OnlineReplicas ?? 0;
        return minReplicas
            ?? (underSentinel ? MostOf("", online)
            : FailsOver(primary) ? MostOf(primary.EndPoint.ToString()!, online)
            : online);
    }

    private static bool FailsOver(IServer primary) =>
        primary.ServerType == ServerType.Cluster && primary.ClusterConfiguration?.Nodes.Any(node => node.IsReplica) != false;

    private int MostOf(string group, int online)
    {
        var now = time.GetTimestamp();
        var (most, _) = _most.AddOrUpdate(
            group,
            _ => (online, now),
            (_, known) => online >= known.Replicas || time.GetElapsedTime(known.SeenAt, now) >= FailoverTime ? (online, now) : known);
        return Math.Max(most, 1);
    }
}
