using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Storage.Redis;
using static TokenGateway.Tokens.Tests.Storage.StoreTestHelpers;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>A Redis that forgets by design is refused, with the remedy.</summary>
public sealed class RedisDurabilityTests
{
    private const string OrAccept = ", or, if losing every refresh token with that Redis is acceptable, set TokenGateway:Store:AllowVolatile to true.";

    [Theory]
    [InlineData("keeps no append-only file, so that a restart loses refresh tokens: put 'appendonly yes' into its redis.conf and run CONFIG SET appendonly yes", "--appendonly", "no")]
    [InlineData(
        "removes keys when its memory is full (allkeys-lru), refresh tokens among them: put 'maxmemory-policy noeviction' into its redis.conf and run CONFIG SET "
        + "maxmemory-policy noeviction", "--maxmemory-policy", "allkeys-lru")]
    public async Task A_server_that_forgets_is_refused_at_the_start_unless_that_is_allowed(string what, params string[] arguments)
    {
        await using var server = await RedisServer.StartOwnAsync(arguments);

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => StoreInstance.OpenAsync(Settings(server)));

        Assert.Equal($"Redis at {server.ConnectionString} {what}{OrAccept}", exception.Message);
        await using var allowed = await StoreInstance.OpenAsync(Settings(server) with { AllowVolatile = true });
        Assert.True(await allowed.Store.TryWriteAsync("plum"));
    }

    // Found by the soak: a gateway that started while Redis was reading its append-only file was told "aof_enabled:0", and ended.
    [Theory]
    [InlineData("aof_enabled:0\nloading:1", null)]
    [InlineData("aof_enabled:0\nloading:0", false)]
    [InlineData("aof_enabled:0", false)]
    [InlineData("aof_enabled:1\nloading:1", true)]
    public void A_server_that_is_still_reading_its_file_is_not_taken_for_one_without(string info, bool? expected) =>
        Assert.Equal(expected, RedisServerInfo.Parse(info).AppendOnly);

    [Fact]
    public async Task A_server_that_was_away_at_the_start_is_not_written_to_when_it_comes_and_forgets()
    {
        await using var server = await RedisServer.StartOwnAsync("--appendonly", "no");
        await server.KillAsync();
        await using var instance = await StoreInstance.OpenAsync(Settings(server));

        await server.RestartAsync();

        await EventuallyAsync(async () => await instance.Store.TryReadAsync("plum") is not null);
        string? message = null;
        await EventuallyAsync(async () =>
        {
            message = (await Assert.ThrowsAsync<StoreUnavailableException>(() => instance.Store.WriteAsync("plum", null, "r1"))).Message;
            return message.Contains("appendonly yes", StringComparison.Ordinal);
        });
        Assert.Null((await instance.Store.ReadAsync("plum")).Record);
    }

    [Fact]
    public async Task A_setting_that_is_changed_while_the_gateway_runs_is_seen_at_the_next_write()
    {
        await using var redis = await RedisTopology.PrimaryWithReplicasAsync(0);
        await using var instance = await StoreInstance.OpenAsync(Settings(redis.ConnectionString));
        Assert.True(await instance.Store.TryWriteAsync("plum"));

        await redis.Nodes[0].AskAsync("CONFIG", "SET", "maxmemory-policy", "volatile-ttl");
        Assert.False(await instance.Store.TryWriteAsync("peach"));

        await redis.Nodes[0].AskAsync("CONFIG", "SET", "maxmemory-policy", "noeviction");
        Assert.True(await instance.Store.TryWriteAsync("peach"));
    }

    [Fact]
    public async Task A_server_that_may_not_be_asked_is_used_with_a_warning()
    {
        await using var redis = await RedisTopology.PrimaryWithReplicasAsync(0);
        await redis.Nodes[0].AskAsync("ACL", "SETUSER", "default", "-info", "-config");
        await using var instance = await StoreInstance.OpenAsync(Settings(redis.ConnectionString));

        Assert.True(await instance.Store.TryWriteAsync("plum"));

        var unknown = RedisDurability.Of("redis:6379", RedisServerInfo.Unknown, null, allowVolatile: false);
        Assert.Null(unknown.Refusal);
        Assert.Equal(
            [
                "Redis at redis:6379 does not tell its version (redis_version in INFO): allow INFO, or see to it that it is a Redis 7.0 or later, or a Valkey.",
                "Redis at redis:6379 does not tell whether it keeps an append-only file (aof_enabled in INFO): allow INFO, or see to it that 'appendonly yes' is set.",
                "Redis at redis:6379 does not tell its eviction policy (maxmemory_policy in INFO): allow INFO, or see to it that 'maxmemory-policy noeviction' is set.",
            ],
            unknown.Findings.Select(finding => finding.Sentence));
    }

    [Theory]
    [InlineData("6.2.14", "always", "Redis at redis:6379 is version 6.2.14: install 7.0 or later, or a Valkey.")]
    [InlineData("7.0.15", "always", null)]
    [InlineData("7.0.15", "everysec",
        "Redis at redis:6379 loses up to a second of writes when its machine crashes (appendfsync everysec), and cannot be waited for: set 'appendfsync always', "
        + "or install Redis 7.2 or a Valkey.")]
    [InlineData("7.2.4", "everysec",
        "Redis at redis:6379 writes to its disk once a second (appendfsync everysec), and every rotation waits for that: set 'appendfsync always', or "
        + "TokenGateway:Store:OperationTimeout to 5 s or more.")]
    [InlineData("8.0.0", "no",
        "Redis at redis:6379 leaves it to its kernel when writes reach the disk (appendfsync no) and loses half a minute of them when its machine crashes: set "
        + "'appendfsync always'.")]
    [InlineData("7.0.15", null, "Redis at redis:6379 does not tell its appendfsync (CONFIG GET is not allowed): see to it that it is 'always'.")]
    public void What_is_found_is_told_in_a_sentence(string version, string? appendFsync, string? expected)
    {
        var info = RedisServerInfo.Parse($"# Server\r\nredis_version:{version}\r\naof_enabled:1\r\nmaxmemory_policy:noeviction\r\n");

        var findings = RedisDurability.Of("redis:6379", info, appendFsync, allowVolatile: true).Findings;

        Assert.Equal(expected, findings.SingleOrDefault()?.Sentence);
        Assert.Equal(version[0] == '6', findings.Any(finding => finding.Severity == RedisFindingSeverity.Error));
    }

    private static StoreSettings Settings(RedisServer server) => Settings(server.ConnectionString);

    private static StoreSettings Settings(string connection) =>
        new() { Kind = StoreKind.Redis, Redis = new Secret(connection), OperationTimeout = TimeSpan.FromSeconds(3) };
}
