using TokenGateway.Faults.Network;

namespace TokenGateway.Faults.Redis;

/// <summary>The servers of one fleet, and how its gateways find them.</summary>
internal abstract class RedisTopology : IAsyncDisposable
{
    protected static readonly string[] Durable = ["appendonly yes", "appendfsync always", "save \"\""];

    /// <summary>What goes into the gateways' configuration.</summary>
    public abstract string ConnectionString { get; }

    /// <summary>The servers that hold data.</summary>
    public abstract IReadOnlyList<RedisNode> Nodes { get; }

    /// <summary>Those that watch over them.</summary>
    public virtual IReadOnlyList<RedisNode> Sentinels => [];

    /// <summary>Every server's name, for cuts.</summary>
    public IReadOnlySet<string> Names => Nodes.Concat(Sentinels).Select(node => node.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>Whether another server takes over when a master is away.</summary>
    public virtual bool FailsOver => false;

    public abstract Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Whether every server runs, masters take writes, and replicas follow.</summary>
    public abstract Task<bool> IsWholeAsync();

    public async Task<RedisNode?> MasterAsync(Random random)
    {
        var masters = new List<RedisNode>();
        foreach (var node in Nodes)
        {
            if (node.IsRunning && await node.IsMasterAsync())
            {
                masters.Add(node);
            }
        }

        return masters.Count == 0 ? null : masters[random.Next(masters.Count)];
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var node in Sentinels.Concat(Nodes))
        {
            await node.DisposeAsync();
        }
    }

    /// <summary>Finds an executable of Redis.</summary>
    /// <exception cref="InvalidOperationException">It is not installed.</exception>
    protected static string Executable(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"{name} 7.0 or later is missing: install it (Debian: apt-get install {name}).");

    public static RedisTopology Create(string kind, RedisSite site) => kind switch
    {
        "single" => new SingleRedis(site),
        "sentinel" => new SentinelRedis(site),
        "cluster" => new ClusterRedis(site),
        _ => throw new ArgumentException($"There is no topology {kind}; choose single, sentinel or cluster.", nameof(kind)),
    };
}

/// <summary>Where a topology's servers live.</summary>
/// <param name="Folder">For their data.</param>
/// <param name="Fleet">The fleet's number, the second octet of its hosts' addresses.</param>
/// <param name="Network">What connects them.</param>
/// <param name="Tap">Sees what the gateways write and read.</param>
internal sealed record RedisSite(string Folder, int Fleet, FaultNetwork Network, ILinkTap Tap)
{
    public System.Net.IPAddress Address(int group, int number) => new([127, (byte)Fleet, (byte)group, (byte)number]);

    public string FolderOf(string node) => Path.Combine(Folder, node);
}
