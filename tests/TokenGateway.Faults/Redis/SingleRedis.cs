namespace TokenGateway.Faults.Redis;

/// <summary>One server that syncs every write.</summary>
internal sealed class SingleRedis : RedisTopology
{
    private readonly RedisNode _node;

    public SingleRedis(RedisSite site)
    {
        _node = new RedisNode("redis-1", site.FolderOf("redis-1"), Executable("redis-server"), site.Address(2, 1), site.Network, site.Tap);
        _node.Configure(Durable);
    }

    public override string ConnectionString => $"127.0.0.1:{_node.PublicPort}";

    public override IReadOnlyList<RedisNode> Nodes => [_node];

    public override Task StartAsync(CancellationToken cancellationToken) => _node.StartAsync();

    public override Task<bool> IsWholeAsync() => _node.IsMasterAsync();
}
