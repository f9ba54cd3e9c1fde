using System.Globalization;

namespace TokenGateway.Faults.Redis;

/// <summary>Three masters with a replica each, which announce the addresses of their proxies to each other and to clients.</summary>
internal sealed class ClusterRedis : RedisTopology
{
    private const int Masters = 3;
    private const int Slots = 16384;
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(40);

    private readonly RedisNode[] _nodes;

    public ClusterRedis(RedisSite site)
    {
        _nodes = [.. Enumerable.Range(1, Masters * 2).Select(n => new RedisNode(
            $"redis-{n}", site.FolderOf($"redis-{n}"), Executable("redis-server"), site.Address(2, n), site.Network, site.Tap, isClustered: true))];
        foreach (var node in _nodes)
        {
            node.Configure(
            [
                .. Durable, "cluster-enabled yes", "cluster-config-file nodes.conf", "cluster-node-timeout 1000", $"cluster-port {node.BusPort}",
                "cluster-announce-ip 127.0.0.1", $"cluster-announce-port {node.PublicPort}", $"cluster-announce-bus-port {node.PublicBusPort}",
                "cluster-replica-validity-factor 0", "cluster-allow-replica-migration no", "repl-diskless-sync-delay 0", "repl-timeout 5", "repl-ping-replica-period 1",
            ]);
        }
    }

    public override string ConnectionString => string.Join(',', _nodes.Select(node => $"127.0.0.1:{node.PublicPort}"));

    public override IReadOnlyList<RedisNode> Nodes => _nodes;

    public override bool FailsOver => true;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var node in _nodes)
        {
            await node.StartAsync();
        }

        for (var n = 0; n < Masters; n++)
        {
            await _nodes[n].CallAsync("CLUSTER", "ADDSLOTSRANGE", Text(Slots * n / Masters), Text((Slots * (n + 1) / Masters) - 1));
        }

        for (var n = 1; n < _nodes.Length; n++)
        {
            await _nodes[n].CallAsync("CLUSTER", "SET-CONFIG-EPOCH", Text(n + 1));
            await _nodes[n].CallAsync("CLUSTER", "MEET", "127.0.0.1", Text(_nodes[0].PublicPort), Text(_nodes[0].PublicBusPort));
        }

        await UntilAsync(KnowsAllAsync, "The nodes of the cluster do not find each other.", cancellationToken);
        for (var n = Masters; n < _nodes.Length; n++)
        {
            await _nodes[n].CallAsync("CLUSTER", "REPLICATE", await _nodes[n - Masters].CallAsync("CLUSTER", "MYID"));
        }

        await UntilAsync(IsWholeAsync, "The cluster does not become whole.", cancellationToken);
    }

    public override async Task<bool> IsWholeAsync()
    {
        var masters = 0;
        foreach (var node in _nodes)
        {
            var (info, cluster) = (await node.InfoAsync("replication"), await StateAsync(node));
            var isMaster = info.Contains("role:master", StringComparison.Ordinal);
            masters += isMaster && info.Contains("connected_slaves:1", StringComparison.Ordinal) ? 1 : 0;
            if (!cluster.Contains("cluster_state:ok", StringComparison.Ordinal) || (!isMaster && !info.Contains("master_link_status:up", StringComparison.Ordinal)))
            {
                return false;
            }
        }

        return masters == Masters;
    }

    private async Task<bool> KnowsAllAsync()
    {
        foreach (var node in _nodes)
        {
            if (!(await StateAsync(node)).Contains($"cluster_known_nodes:{_nodes.Length}", StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    private static async Task<string> StateAsync(RedisNode node)
    {
        try
        {
            return node.IsRunning ? await node.CallAsync("CLUSTER", "INFO") : "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, string otherwise, CancellationToken cancellationToken)
    {
        var start = Clock.Timestamp;
        while (!await holds())
        {
            if (Clock.Since(start) > StartTime)
            {
                throw new InvalidOperationException(otherwise);
            }

            await Clock.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
