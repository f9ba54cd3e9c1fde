using StackExchange.Redis;
using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Storage.Redis;
using static TokenGateway.Tokens.Tests.Storage.StoreTestHelpers;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>The primary is found through Sentinel, before and after a failover.</summary>
public sealed class RedisSentinelTests : IAsyncLifetime
{
    private RedisTopology _redis = null!;

    /// <summary>Each test starts its own, with as many replicas as it needs.</summary>
    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Fact]
    public async Task A_failover_is_told_of_and_loses_no_write_that_counted()
    {
        _redis = await RedisTopology.SentinelAsync();
        await using var instance = await StoreInstance.OpenAsync(Settings());
        using var reconnections = new SemaphoreSlim(0);
        await instance.Store.WriteAsync("plum", null, "r1");
        instance.Store.Reconnected += () => reconnections.Release();

        await _redis.Nodes[0].KillAsync();

        await EventuallyAsync(async () => await _redis.Sentinels[0].AskAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main") is { } master
            && master.EndsWith(_redis.Nodes[1].PortText, StringComparison.Ordinal));
        Assert.True(await reconnections.WaitAsync(Bound), "The failover was not told of.");
        await EventuallyAsync(async () => await instance.Store.TryReadAsync("plum") is { Record.Revision: "r1" });

        // The new primary has no replica yet, and a failover is to be expected: nothing counts until the old one is back.
        var number = 0;
        await EventuallyAsync(async () =>
        {
            var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => instance.Store.WriteAsync($"peach_{number++}", null, "r1"));
            return exception.Message.Contains("only 0 of 1 replicas", StringComparison.Ordinal);
        });
        await _redis.Nodes[0].RestartAsync();
        await _redis.Nodes[1].EventuallyAsync("state=online", "INFO", "replication");
        await EventuallyAsync(() => instance.Store.TryWriteAsync($"peach_{number++}"));
    }

    [Fact]
    public async Task A_primary_without_a_replica_is_no_place_for_a_write_unless_that_is_allowed()
    {
        _redis = await RedisTopology.SentinelAsync();
        await _redis.Nodes[1].KillAsync();
        await _redis.Nodes[0].EventuallyAsync("connected_slaves:0", "INFO", "replication");
        await using var careful = await StoreInstance.OpenAsync(Settings());
        await using var bold = await StoreInstance.OpenAsync(Settings() with { MinReplicas = 0 });

        Assert.False(await careful.Store.TryWriteAsync("plum"));
        Assert.True(await bold.Store.TryWriteAsync("peach"));
    }

    [Fact]
    public async Task A_replica_that_Sentinel_may_promote_counts_even_for_a_gateway_that_has_never_met_it()
    {
        _redis = await RedisTopology.SentinelAsync(replicas: 2);

        // As one that is being promoted: it has left the primary, which is not told yet.
        await _redis.Nodes[2].AskAsync("REPLICAOF", "NO", "ONE");
        await _redis.Nodes[0].EventuallyAsync("connected_slaves:1", "INFO", "replication");
        await using var instance = await StoreInstance.OpenAsync(Settings());

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => instance.Store.WriteAsync("plum", null, "r1"));
        Assert.Contains("only 1 of 2 replicas", exception.Message, StringComparison.Ordinal);

        // One that is down is not promoted.
        await _redis.Nodes[2].KillAsync();
        var number = 0;
        await EventuallyAsync(() => instance.Store.TryWriteAsync($"peach_{number++}"));
    }

    [Fact]
    public async Task A_primary_in_whose_place_Sentinel_has_put_another_takes_no_write_although_all_its_replicas_have_it()
    {
        _redis = await RedisTopology.SentinelAsync(replicas: 2);
        var options = RedisOptions.From(Settings());
        await using var sentinels = new RedisSentinels(options);
        await sentinels.OpenAsync();
        await using var direct = await ConnectionMultiplexer.ConnectAsync(RedisOptions.From(Settings() with { Redis = new Secret(_redis.Nodes[0].Address) }));
        var primary = direct.GetServer(_redis.Nodes[0].Address);
        Assert.Equal(2, await sentinels.CountReplicasAsync(primary));

        await _redis.Sentinels[0].AskAsync("SENTINEL", "FAILOVER", "main");
        await _redis.Sentinels[0].EventuallyAsync(address => !address.EndsWith(_redis.Nodes[0].PortText, StringComparison.Ordinal), "SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main");

        await EventuallyAsync(async () => (await Xunit.Record.ExceptionAsync(() => sentinels.CountReplicasAsync(primary)))?.Message
            .StartsWith("Sentinel has made ", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task What_only_a_minority_of_the_Sentinels_sees_as_down_counts_and_without_any_Sentinel_nothing_does()
    {
        _redis = await RedisTopology.SentinelAsync(replicas: 2);
        await using var instance = await StoreInstance.OpenAsync(Settings());
        await _redis.Nodes[2].KillAsync();
        foreach (var sentinel in _redis.Sentinels)
        {
            await sentinel.EventuallyAsync("s_down", "SENTINEL", "REPLICAS", "main");
        }

        Assert.True(await instance.Store.TryWriteAsync("plum"));

        await _redis.Sentinels[1].KillAsync();
        await _redis.Sentinels[2].KillAsync();
        var alone = await Assert.ThrowsAsync<StoreUnavailableException>(() => instance.Store.WriteAsync("peach", null, "r1"));
        Assert.Contains("only 1 of 2 replicas", alone.Message, StringComparison.Ordinal);

        await _redis.Sentinels[0].KillAsync();
        var blind = await Assert.ThrowsAsync<StoreUnavailableException>(() => instance.Store.WriteAsync("cherry", null, "r1"));
        Assert.Contains("No Sentinel answers", blind.Message, StringComparison.Ordinal);
    }

    private StoreSettings Settings() => new()
    {
        Kind = StoreKind.Redis,
        Redis = new Secret(_redis.SentinelConnectionString),
        OperationTimeout = TimeSpan.FromSeconds(2), // Sentinels that are gone are asked within it, too.
    };
}
