using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Storage.Redis;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>
/// Where the server has WAITAOF (Redis 7.2 and later, Valkey), a write counts once it is on the disks, and not just in the replicas' memory. Each test asserts what
/// holds for the server at hand; <c>.ci/newer-redis</c> runs them on newer ones.
/// </summary>
public sealed class RedisDiskTests : IAsyncLifetime
{
    private RedisTopology _redis = null!;
    private bool _asksDisks;

    private RedisNode Primary => _redis.Nodes[0];

    public async Task InitializeAsync()
    {
        _redis = await RedisTopology.PrimaryWithReplicasAsync(1);
        _asksDisks = RedisDurability.HasWaitAof(RedisServerInfo.Parse(await Primary.AskAsync("INFO", "server")));
    }

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Fact]
    public async Task A_write_is_confirmed_by_the_strongest_command_that_the_server_has()
    {
        await using var instance = await StoreInstance.OpenAsync(Settings);

        await instance.Store.WriteAsync("plum", null, "r1");

        var asked = await Primary.AskAsync("INFO", "commandstats");
        Assert.Equal(_asksDisks, asked.Contains("cmdstat_waitaof:calls=1,", StringComparison.Ordinal));
        Assert.Equal(!_asksDisks, asked.Contains("cmdstat_wait:calls=1,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_replica_that_keeps_nothing_on_its_disk_counts_only_where_the_disks_cannot_be_asked()
    {
        await _redis.Nodes[1].AskAsync("CONFIG", "SET", "appendonly", "no");
        await using var instance = await StoreInstance.OpenAsync(Settings);

        var failure = await Record.ExceptionAsync(() => instance.Store.WriteAsync("plum", null, "r1"));

        if (_asksDisks)
        {
            Assert.IsType<StoreUnavailableException>(failure);
            Assert.Contains("only 0 of 1 replicas confirmed", failure.Message, StringComparison.Ordinal);
            Assert.Contains("each needs appendonly yes", failure.Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Null(failure);
        }
    }

    private StoreSettings Settings => new()
    {
        Kind = StoreKind.Redis,
        Redis = new Secret(_redis.ConnectionString),
        OperationTimeout = TimeSpan.FromSeconds(5),
    };
}
