using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Storage;
using static TokenGateway.Tokens.Tests.Storage.StoreTestHelpers;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>A Cluster of three primaries with a replica each: every credential lives in one slot, and moves with it.</summary>
public sealed class RedisClusterTests : IAsyncLifetime
{
    private RedisTopology _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisTopology.ClusterAsync();

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Fact]
    public async Task Credentials_of_all_primaries_are_leased_written_and_announced()
    {
        await using var instance = await StoreInstance.OpenAsync(Settings());
        await using var other = await StoreInstance.OpenAsync(Settings());
        using var announcements = new AnnouncementLog(other.Store);

        for (var number = 0; number < 30; number++)
        {
            var credential = $"plum_{number}";
            var fence = (await instance.Store.AcquireAsync(credential, "lease_1")).Snapshot.Fence;
            Assert.Equal(WriteOutcome.Written, await instance.Store.WriteAsync(credential, null, "r1", new LeaseGuard("lease_1", fence), announce: true));
            Assert.Equal(credential, (await announcements.NextAsync()).Credential);
            Assert.Equal("r1", (await other.Store.ReadAsync(credential)).Record!.Revision);
        }

        foreach (var primary in _redis.Nodes.Take(3))
        {
            Assert.NotEqual("0", await primary.AskAsync("DBSIZE"));
        }
    }

    [Fact]
    public async Task A_slot_that_moves_to_its_replica_takes_its_records_along_and_waits_for_the_replica_there()
    {
        await using var instance = await StoreInstance.OpenAsync(Settings());
        await WriteAllAsync(instance.Store, "r1");
        var replica = await ReplicaOfFirstAsync();

        // By hand, without any loss: the client is told by MOVED alone.
        await replica.AskAsync("CLUSTER", "FAILOVER");
        await replica.EventuallyAsync("role:master", "INFO", "replication");
        await replica.EventuallyAsync("state=online", "INFO", "replication");

        await EventuallyAllAsync(instance.Store, "r1", "r2");
    }

    [Fact]
    public async Task A_primary_that_is_killed_is_replaced_and_no_write_that_counted_is_lost()
    {
        await using var instance = await StoreInstance.OpenAsync(Settings());
        await WriteAllAsync(instance.Store, "r1");
        var replica = await ReplicaOfFirstAsync();

        await _redis.Nodes[0].KillAsync();
        await replica.EventuallyAsync("role:master", "INFO", "replication");

        foreach (var credential in Credentials)
        {
            await EventuallyAsync(async () => await instance.Store.TryReadAsync(credential) is { Record.Revision: "r1" });
        }

        await _redis.Nodes[0].RestartAsync();
        await replica.EventuallyAsync("state=online", "INFO", "replication");
        await EventuallyAllAsync(instance.Store, "r1", "r2");
    }

    [Fact]
    public async Task A_replica_that_the_Cluster_may_promote_counts_even_for_a_gateway_that_has_never_met_it()
    {
        var replica = await _redis.AddReplicaOfFirstAsync();
        await SetNodeTimeoutAsync("60000");
        await replica.KillAsync();
        await _redis.Nodes[0].EventuallyAsync("connected_slaves:1", "INFO", "replication");
        await using var instance = await StoreInstance.OpenAsync(Settings());

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => WriteAllAsync(instance.Store, "r1"));
        Assert.Contains("only 1 of 2 replicas", exception.Message, StringComparison.Ordinal);

        // One that the Cluster has found to be down is not promoted.
        await SetNodeTimeoutAsync("1000");
        await _redis.Nodes[0].EventuallyAsync("slave,fail ", "CLUSTER", "NODES");
        foreach (var credential in Credentials)
        {
            Assert.Equal(WriteOutcome.Written, await instance.Store.WriteAsync("late_" + credential, null, "r1"));
        }
    }

    private async Task SetNodeTimeoutAsync(string milliseconds)
    {
        foreach (var node in _redis.Nodes.Take(6))
        {
            await node.AskAsync("CONFIG", "SET", "cluster-node-timeout", milliseconds);
        }
    }

    private static IEnumerable<string> Credentials => Enumerable.Range(0, 12).Select(number => $"plum_{number}");

    private static async Task WriteAllAsync(ITokenStore store, string revision)
    {
        foreach (var credential in Credentials)
        {
            Assert.Equal(WriteOutcome.Written, await store.WriteAsync(credential, null, revision));
        }
    }

    private static async Task EventuallyAllAsync(ITokenStore store, string expected, string revision)
    {
        foreach (var credential in Credentials)
        {
            await EventuallyAsync(async () => await store.TryWriteAsync(credential, expected, revision)
                || await store.TryReadAsync(credential) is { Record.Revision: { } now } && now == revision);
        }
    }

    private async Task<RedisNode> ReplicaOfFirstAsync()
    {
        var primary = await _redis.Nodes[0].AskAsync("CLUSTER", "MYID");
        foreach (var node in _redis.Nodes.Skip(3))
        {
            if ((await node.AskAsync("CLUSTER", "NODES")).Split('\n').Single(line => line.Contains("myself", StringComparison.Ordinal)).Contains(primary, StringComparison.Ordinal))
            {
                return node;
            }
        }

        throw new InvalidOperationException("The first primary has no replica.");
    }

    private StoreSettings Settings() =>
        new() { Kind = StoreKind.Redis, Redis = new Secret(_redis.ConnectionString), OperationTimeout = TimeSpan.FromSeconds(2) };
}
