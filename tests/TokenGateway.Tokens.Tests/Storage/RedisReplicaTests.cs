using System.Globalization;
using StackExchange.Redis;
using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Storage.Redis;
using static TokenGateway.Tokens.Tests.Storage.StoreTestHelpers;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>A write counts once the replicas have it, and not before.</summary>
public sealed class RedisReplicaTests : IAsyncLifetime
{
    private static readonly RedisKey Key = "{plum}:record";

    private RedisTopology _redis = null!;

    private RedisNode Primary => _redis.Nodes[0];

    private RedisNode Replica => _redis.Nodes[1];

    public async Task InitializeAsync() => _redis = await RedisTopology.PrimaryWithReplicasAsync(1);

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Fact]
    public async Task A_frozen_replica_makes_a_write_fail_within_its_timeout_although_the_primary_has_it()
    {
        await using var before = await StoreInstance.OpenAsync(Settings());
        await using var instance = await StoreInstance.OpenAsync(Settings() with { OperationTimeout = TimeSpan.FromSeconds(1) });
        await before.Store.WriteAsync("plum", null, "r1");
        await Replica.FreezeAsync();

        var started = TimeProvider.System.GetTimestamp();
        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => instance.Store.WriteAsync("plum", "r1", "r2"));

        // Far from the five seconds that the other instance would wait.
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromMilliseconds(700), TimeSpan.FromSeconds(4));
        var asksDisks = RedisDurability.HasWaitAof(RedisServerInfo.Parse(await Primary.AskAsync("INFO", "server")));
        Assert.Equal(
            $"Redis at {Primary.Address} has a write that only 0 of 1 replicas confirmed within TokenGateway:Store:OperationTimeout (00:00:01), so that a failover "
            + $"could lose it: bring its replicas back{(asksDisks ? " (each needs appendonly yes)" : "")}, or set TokenGateway:Store:MinReplicas.",
            exception.Message);
        Assert.Equal("r2", (await instance.Store.ReadAsync("plum")).Record!.Revision);
        await Replica.ThawAsync();

        // A try that nobody confirmed in time has written all the same.
        var next = 3;
        await EventuallyAsync(async () =>
            await instance.Store.TryReadAsync("plum") is { Record.Revision: var revision } && await instance.Store.TryWriteAsync("plum", revision, $"r{next++}"));
    }

    [Fact]
    public async Task A_write_that_counts_is_on_the_replica_each_of_two_hundred_times()
    {
        await using var instance = await StoreInstance.OpenAsync(Settings());
        await using var replica = await ConnectionMultiplexer.ConnectAsync(Replica.Address);

        for (var number = 1; number <= 200; number++)
        {
            var slow = number % 20 == 0;
            await (slow ? Replica.FreezeAsync() : Task.CompletedTask);
            var write = instance.Store.WriteAsync($"plum_{number}", null, "r1");
            if (slow)
            {
                // The primary has it by now, and a write that were not waited for would have been answered.
                await EventuallyAsync(async () => (await instance.Store.ReadAsync($"plum_{number}")).Record is not null);
                Assert.NotSame(write, await Task.WhenAny(write, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System)));
                await Replica.ThawAsync();
            }

            Assert.Equal(WriteOutcome.Written, await write);
            Assert.Equal("r1", await replica.GetDatabase().HashGetAsync($"tokengateway:{{plum_{number}}}:record", "revision"));
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(null, true)]
    public async Task As_many_replicas_are_waited_for_as_are_asked_for(int? minReplicas, bool counts)
    {
        await using var instance = await StoreInstance.OpenAsync(Settings() with { MinReplicas = minReplicas });

        Assert.Equal(counts, await instance.Store.TryWriteAsync("plum"));
    }

    [Fact]
    public async Task A_replica_that_is_gone_is_waited_for_only_where_its_number_is_set()
    {
        await using var every = await StoreInstance.OpenAsync(Settings());
        await using var one = await StoreInstance.OpenAsync(Settings() with { MinReplicas = 1 });
        await Replica.KillAsync();
        await Primary.EventuallyAsync("connected_slaves:0", "INFO", "replication");

        Assert.True(await every.Store.TryWriteAsync("plum"));
        Assert.False(await one.Store.TryWriteAsync("plum", "r1", "r2"));
    }

    [Fact]
    public async Task A_connection_that_is_cut_between_a_write_and_its_WAIT_confirms_nothing()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(RedisOptions.From(Settings()));
        var writes = Writes(framed: true, async () =>
        {
            var before = await ClientIdAsync(connection);
            await Primary.AskAsync("CLIENT", "KILL", "ID", before!.Value.ToString(CultureInfo.InvariantCulture));
            await EventuallyAsync(async () => await ClientIdAsync(connection) is { } now && now != before);
        });

        await AssertReplacedAsync(RunAsync(writes, connection));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_takes_the_place_of_the_one_that_was_written_to_confirms_nothing_but_only_thanks_to_the_name(bool framed)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(RedisOptions.From(Settings()));
        var writes = Writes(framed, async () =>
        {
            await Primary.KillAsync();
            Primary.Forget();
            await Primary.RestartAsync();
            await Primary.EventuallyAsync("state=online", "INFO", "replication");
            await EventuallyAsync(async () => await ClientIdAsync(connection) is not null);
        });

        var write = RunAsync(writes, connection);

        if (framed)
        {
            await AssertReplacedAsync(write);
        }
        else
        {
            // This is why: the new server's WAIT says at once that a replica has everything, and neither has the write.
            Assert.Equal("written", (string?)await write);
            Assert.Equal("0", await Primary.AskAsync("EXISTS", Key.ToString()));
        }
    }

    private static async Task AssertReplacedAsync(Task write)
    {
        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => write);
        Assert.Contains("was replaced between a write and its confirmation", exception.Message, StringComparison.Ordinal);
    }

    private static RedisDurableWrites Writes(bool framed, Func<Task> afterWrite) =>
        new(new RedisReplicas(null, null), new RedisExamination(false), TimeSpan.FromSeconds(20), TimeProvider.System, RandomSource.System)
        {
            IsFramed = framed,
            AfterWrite = afterWrite,
        };

    private static Task<RedisResult> RunAsync(RedisDurableWrites writes, IConnectionMultiplexer connection) => writes.RunAsync(
        connection, "redis.call('SET', KEYS[1], ARGV[1]) return 'written'", [Key], ["r1"], _ => true, CancellationToken.None);

    /// <summary>The number of the connection at this moment; null while there is none.</summary>
    private async Task<long?> ClientIdAsync(ConnectionMultiplexer connection)
    {
        try
        {
            return (long)await connection.GetServer(Primary.Address).ExecuteAsync("CLIENT", "ID");
        }
        catch (RedisException)
        {
            return null;
        }
    }

    private StoreSettings Settings() =>
        new() { Kind = StoreKind.Redis, Redis = new Secret(_redis.ConnectionString), OperationTimeout = TimeSpan.FromSeconds(5) };
}
