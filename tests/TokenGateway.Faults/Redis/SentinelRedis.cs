using TokenGateway.Faults.Network;

namespace TokenGateway.Faults.Redis;

/// <summary>A master, two replicas and three sentinels, which know each other by the addresses of their proxies.</summary>
internal sealed class SentinelRedis : RedisTopology
{
    private const int Replicas = 2;
    private const int Quorum = 2;
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    private readonly RedisNode[] _nodes;
    private readonly RedisNode[] _sentinels;

    public SentinelRedis(RedisSite site)
    {
        RedisNode Node(int n) => new($"redis-{n}", site.FolderOf($"redis-{n}"), Executable("redis-server"), site.Address(2, n), site.Network, site.Tap);
        RedisNode Sentinel(int n) => new($"sentinel-{n}", site.FolderOf($"sentinel-{n}"), Executable("redis-sentinel"), site.Address(3, n), site.Network, NoTap.Instance);
        _nodes = [Node(1), Node(2), Node(3)];
        _sentinels = [Sentinel(1), Sentinel(2), Sentinel(3)];
        foreach (var node in _nodes)
        {
            string[] follow = node == _nodes[0] ? [] : [$"replicaof 127.0.0.1 {_nodes[0].PublicPort}"];
            node.Configure(
            [
                .. Durable, .. follow, "replica-announce-ip 127.0.0.1", $"replica-announce-port {node.PublicPort}",
                "repl-diskless-sync-delay 0", "repl-timeout 5", "repl-ping-replica-period 1",
            ]);
        }

        foreach (var sentinel in _sentinels)
        {
            sentinel.Configure(
                "sentinel announce-ip 127.0.0.1", $"sentinel announce-port {sentinel.PublicPort}",
                $"sentinel monitor main 127.0.0.1 {_nodes[0].PublicPort} {Quorum}",
                "sentinel down-after-milliseconds main 1000", "sentinel failover-timeout main 4000", "sentinel parallel-syncs main 2");
        }
    }

    public override string ConnectionString => string.Join(',', [.. _sentinels.Select(sentinel => $"127.0.0.1:{sentinel.PublicPort}"), "serviceName=main"]);

    public override IReadOnlyList<RedisNode> Nodes => _nodes;

    public override IReadOnlyList<RedisNode> Sentinels => _sentinels;

    public override bool FailsOver => true;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var node in _nodes.Concat(_sentinels))
        {
            await node.StartAsync();
        }

        var start = Clock.Timestamp;
        while (!await IsWholeAsync())
        {
            if (Clock.Since(start) > StartTime)
            {
                throw new InvalidOperationException("The sentinels do not find each other.");
            }

            await Clock.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    public override async Task<bool> IsWholeAsync()
    {
        foreach (var sentinel in _sentinels)
        {
            var info = await sentinel.InfoAsync("sentinel");
            if (!info.Contains($"status=ok,address=127.0.0.1:", StringComparison.Ordinal) || !info.Contains($"slaves={Replicas},sentinels={_sentinels.Length}", StringComparison.Ordinal))
            {
                return false;
            }
        }

        var masters = 0;
        foreach (var node in _nodes)
        {
            var info = await node.InfoAsync("replication");
            masters += info.Contains("role:master", StringComparison.Ordinal) && info.Contains($"connected_slaves:{Replicas}", StringComparison.Ordinal) ? 1 : 0;
            if (!info.Contains("role:master", StringComparison.Ordinal) && !info.Contains("master_link_status:up", StringComparison.Ordinal))
            {
                return false;
            }
        }

        return masters == 1;
    }
}
