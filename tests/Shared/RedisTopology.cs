namespace TokenGateway.Testing;

/// <summary>Several Redis processes that belong together: a primary with replicas, three Sentinels beside them, or a Cluster.</summary>
public sealed class RedisTopology : IAsyncDisposable
{
    private static readonly string[] ClusterNode = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000"];

    private readonly List<RedisNode> _nodes = [];
    private readonly List<RedisNode> _sentinels = [];

    /// <summary>Data nodes; in a Cluster the first three are the primaries, and each of the other three replicates one.</summary>
    public IReadOnlyList<RedisNode> Nodes => _nodes;

    public IReadOnlyList<RedisNode> Sentinels => _sentinels;

    /// <summary>A StackExchange.Redis configuration string of all data nodes.</summary>
    public string ConnectionString => string.Join(',', _nodes.Select(node => node.Address));

    /// <summary>The same of the Sentinels.</summary>
    public string SentinelConnectionString => string.Join(',', _sentinels.Select(node => node.Address)) + ",serviceName=main";

    public static Task<RedisTopology> PrimaryWithReplicasAsync(int replicas, params string[] arguments) =>
        StartAsync(topology => topology.AddPrimaryAsync(replicas, arguments));

    /// <summary>A primary, its replicas and three Sentinels that fail over after half a second.</summary>
    public static Task<RedisTopology> SentinelAsync(int replicas = 1) => StartAsync(async topology =>
    {
        await topology.AddPrimaryAsync(replicas);
        var primary = topology._nodes[0];
        for (var sentinel = 0; sentinel < 3; sentinel++)
        {
            topology._sentinels.Add(await RedisNode.StartSentinelAsync(primary));
        }

        foreach (var sentinel in topology._sentinels)
        {
            await sentinel.EventuallyAsync("num-other-sentinels\n2\n", "SENTINEL", "MASTER", "main");
            foreach (var replica in topology._nodes.Skip(1))
            {
                await sentinel.EventuallyAsync(replica.PortText, "SENTINEL", "REPLICAS", "main");
            }
        }
    });

    /// <summary>Three primaries with a replica each.</summary>
    public static Task<RedisTopology> ClusterAsync() => StartAsync(async topology =>
    {
        for (var node = 0; node < 6; node++)
        {
            await topology.AddAsync(ClusterNode);
        }

        var addresses = topology._nodes.Select(node => node.Address);
        await RedisNode.RunAsync(["redis-cli", "--cluster", "create", .. addresses, "--cluster-replicas", "1", "--cluster-yes"]);
        foreach (var node in topology._nodes)
        {
            await node.EventuallyAsync("cluster_state:ok", "CLUSTER", "INFO");
            await node.EventuallyAsync(nodes => nodes.Split("slave ").Length == 4, "CLUSTER", "NODES");
        }

        foreach (var primary in topology._nodes.Take(3))
        {
            await primary.EventuallyAsync("state=online", "INFO", "replication");
        }
    });

    /// <summary>One more node for a Cluster, which replicates its first primary.</summary>
    public async Task<RedisNode> AddReplicaOfFirstAsync()
    {
        var primary = Nodes[0];
        var node = await AddAsync(ClusterNode);
        await RedisNode.RunAsync(
            ["redis-cli", "--cluster", "add-node", node.Address, primary.Address, "--cluster-slave", "--cluster-master-id", await primary.AskAsync("CLUSTER", "MYID")]);
        await primary.EventuallyAsync(info => info.Split("state=online").Length == 3, "INFO", "replication");
        await primary.EventuallyAsync(nodes => nodes.Split("slave ").Length == 5, "CLUSTER", "NODES");
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        // All of them, whatever becomes of one: the child that wrote a killed server's file may be there still when its folder is to go.
        await Task.WhenAll(_sentinels.Concat(_nodes).Select(node => node.DisposeAsync().AsTask()));
    }

    private static async Task<RedisTopology> StartAsync(Func<RedisTopology, Task> build)
    {
        var topology = new RedisTopology();
        try
        {
            await build(topology);
            return topology;
        }
        catch
        {
            await topology.DisposeAsync();
            throw;
        }
    }

    private async Task AddPrimaryAsync(int replicas, params string[] arguments)
    {
        var primary = await AddAsync(arguments);
        for (var replica = 0; replica < replicas; replica++)
        {
            await AddAsync(["--replicaof", "127.0.0.1", primary.PortText, .. arguments]);
        }

        await primary.EventuallyAsync(info => info.Split("state=online").Length - 1 == replicas, "INFO", "replication");
    }

    private async Task<RedisNode> AddAsync(string[] arguments)
    {
        var node = await RedisNode.StartAsync(arguments);
        _nodes.Add(node);
        return node;
    }
}
