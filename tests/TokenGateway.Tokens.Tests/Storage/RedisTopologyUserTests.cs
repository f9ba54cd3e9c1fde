using TokenGateway.Testing;
using TokenGateway.Tokens.Storage.Redis;
using TokenGateway.Tokens.Tests.Rotation;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>The users of docs/security.md where Redis is more than one server: nothing is refused to them, before and after a failover, and what they may do besides is needed.</summary>
public sealed class RedisTopologyUserTests
{
    private const string User = "tokengateway";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Under_Sentinel_with_a_user_there_and_with_open_ones(bool areSentinelsClosed)
    {
        await using var redis = await RedisTopology.SentinelAsync();
        await SetUserAsync(redis, RedisUser.UnderSentinel);
        if (areSentinelsClosed)
        {
            await RedisUserLife.SetAsync(redis.Sentinels, User, RedisUser.RulesOfSentinels(RedisUserLife.Password));
        }

        await using var fleet = await RedisUserLife.StartFleetAsync(redis.SentinelConnectionString, User, User);
        await RedisUserLife.LiveAsync(fleet);
        await redis.Sentinels[0].AskAsync("SENTINEL", "FAILOVER", "main");
        await redis.Nodes[1].EventuallyAsync("role:master", "INFO", "replication");
        await RotateAsync(fleet);

        Assert.Empty(await RedisUserLife.RefusedAsync(areSentinelsClosed ? redis.Nodes.Concat(redis.Sentinels) : redis.Nodes));
        Assert.Empty(RedisUser.UnderSentinel.Except(await UsedAsync(redis.Nodes), StringComparer.Ordinal));
    }

    [Fact]
    public async Task In_a_Cluster()
    {
        await using var redis = await RedisTopology.ClusterAsync();
        await SetUserAsync(redis, RedisUser.InCluster);

        await using var fleet = await RedisUserLife.StartFleetAsync(redis.ConnectionString, User, User);
        await RedisUserLife.LiveAsync(fleet);
        foreach (var replica in redis.Nodes.Skip(3))
        {
            await replica.AskAsync("CLUSTER", "FAILOVER");
            await replica.EventuallyAsync("role:master", "INFO", "replication");
        }

        await RotateAsync(fleet);

        Assert.Empty(await RedisUserLife.RefusedAsync(redis.Nodes));
        Assert.Empty(RedisUser.InCluster.Except(await UsedAsync(redis.Nodes), StringComparer.Ordinal));
    }

    private static async Task SetUserAsync(RedisTopology redis, IEnumerable<string> besides)
    {
        var isNewer = RedisDurability.HasWaitAof(RedisServerInfo.Parse(await redis.Nodes[0].AskAsync("INFO", "server")));
        await RedisUserLife.SetAsync(redis.Nodes, User, RedisUser.Rules(User + ":", RedisUserLife.Password, besides.Concat(isNewer ? RedisUser.OfNewer : [])));
    }

    /// <summary>The store may be away until everybody has heard of the failover, and what that interrupts may leave a doubt.</summary>
    private static async Task RotateAsync(Fleet fleet)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), TimeProvider.System);
        while ((await fleet.Replicas[0].RotateAsync(force: true, limit.Token)).Outcome != RotationOutcome.Rotated)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token);
        }
    }

    private static async Task<IEnumerable<string>> UsedAsync(IEnumerable<RedisNode> nodes)
    {
        var used = await Task.WhenAll(nodes.Select(RedisUserLife.UsedAsync));
        return used.SelectMany(commands => commands.Where(command => command.Value > 0).Select(command => command.Key));
    }
}
