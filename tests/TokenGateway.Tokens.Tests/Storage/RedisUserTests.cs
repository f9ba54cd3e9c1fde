using StackExchange.Redis;
using TokenGateway.Testing;
using TokenGateway.Tokens.Storage.Redis;
using Xunit.Abstractions;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>The user of docs/security.md may do all that the engine does, and nothing that it does not do; on a primary with a replica, where it also has to wait.</summary>
public sealed class RedisUserTests(ITestOutputHelper output) : IAsyncLifetime
{
    private RedisTopology _redis = null!;

    /// <summary>What this server is asked besides; <c>.ci/newer-redis</c> runs these tests on newer ones.</summary>
    private IReadOnlyList<string> _newer = [];
    private ConnectionMultiplexer _admin = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisTopology.PrimaryWithReplicasAsync(1);
        _admin = await ConnectionMultiplexer.ConnectAsync(_redis.Nodes[0].Address + ",allowAdmin=true");
        _newer = RedisDurability.HasWaitAof(RedisServerInfo.Parse(await _redis.Nodes[0].AskAsync("INFO", "server"))) ? RedisUser.OfNewer : [];
    }

    public async Task DisposeAsync()
    {
        await _admin.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task The_engines_whole_life_is_allowed_and_uses_every_command_of_the_list()
    {
        await SetUserAsync("tokengateway", "tokengateway:");

        await using (var fleet = await RedisUserLife.StartFleetAsync(_redis.Nodes[0].Address, "tokengateway", "tokengateway"))
        {
            var pings = (await UsedAsync()).GetValueOrDefault("ping");
            await RedisUserLife.LiveAsync(fleet);
            await StoreTestHelpers.EventuallyAsync(async () => (await UsedAsync())["ping"] > pings);
        }

        Assert.Empty(await DenialsAsync());
        var used = await UsedAsync();
        output.WriteLine(string.Join(' ', used.Keys.Order(StringComparer.Ordinal)));
        Assert.Empty(Commands.Except(used.Keys, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_any_one_of_the_commands_something_is_refused()
    {
        using var seen = new CancellationTokenSource();
        var missed = Commands.Select(command => ("without-" + command, command)).ToList();
        await _admin.GetDatabase().ExecuteAsync("CONFIG", "SET", "acllog-max-len", "10000");
        await Task.WhenAll(missed.Select(one => SetUserAsync(one.Item1, $"{one.Item1}:", without: one.command)));
        var lives = missed.Select(one => LiveUntilAsync(one.Item1, seen.Token)).ToList();

        IReadOnlyList<(string, string)> denials = [];
        await Task.WhenAny(
            AllAreSeenAsync(),
            Task.Delay(TimeSpan.FromMinutes(1), TimeProvider.System));
        await seen.CancelAsync();
        await Task.WhenAll(lives);

        Assert.Empty(missed.Except(denials));

        async Task AllAreSeenAsync()
        {
            while (missed.Except(denials = await DenialsAsync()).Any())
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }

    [Theory]
    [InlineData("GET", "another:key")]
    [InlineData("KEYS", "*")]
    [InlineData("FLUSHALL")]
    [InlineData("CONFIG", "SET", "appendonly", "no")]
    [InlineData("ACL", "LIST")]
    [InlineData("PUBLISH", "another", "message")]
    [InlineData("MONITOR")]
    [InlineData("REPLICAOF", "127.0.0.1", "1")]
    public async Task Anything_else_is_refused(params string[] command)
    {
        await SetUserAsync("tokengateway", "tokengateway:");
        await using var connection = await ConnectionMultiplexer.ConnectAsync(
            $"{_redis.Nodes[0].Address},user=tokengateway,password={RedisUserLife.Password},allowAdmin=true,tiebreaker=,configChannel=");

        var error = await Assert.ThrowsAsync<RedisServerException>(() => connection.GetDatabase().ExecuteAsync(command[0], command[1..]));

        Assert.StartsWith("NOPERM", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compose_makes_the_same_user()
    {
        var up = RepositoryFile.Read("deploy/compose/up");

        Assert.Contains($"~tokengateway:* &tokengateway:* &__Booksleeve_MasterChanged -@all", up, StringComparison.Ordinal);
        Assert.Contains($"'+{string.Join(" +", RedisUser.Commands)}'", up, StringComparison.Ordinal);
    }

    private async Task LiveUntilAsync(string user, CancellationToken seen)
    {
        await using var fleet = await RedisUserLife.StartFleetAsync(_redis.Nodes[0].Address, user, prefix: user);
        var life = RedisUserLife.LiveAsync(fleet);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, seen).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ = life.Exception; // What it missed is in the server's log.
    }

    /// <summary>WAITAOF takes the place of WAIT.</summary>
    private IEnumerable<string> Commands => _newer.Count == 0 ? RedisUser.Commands : RedisUser.Commands.Except(["wait"], StringComparer.Ordinal).Concat(_newer);

    private Task SetUserAsync(string user, string prefix, string? without = null) =>
        RedisUserLife.SetAsync(_redis.Nodes, user, RedisUser.Rules(prefix, RedisUserLife.Password, _newer, without));

    private async Task<IReadOnlyList<(string User, string Command)>> DenialsAsync()
    {
        var entries = (RedisResult[])(await _admin.GetDatabase().ExecuteAsync("ACL", "LOG", "1000"))!;
        return [.. entries.Select(entry => entry.ToDictionary()).Select(entry => ((string)entry["username"]!, (string)entry["object"]!))];
    }

    private Task<IReadOnlyDictionary<string, long>> UsedAsync() => RedisUserLife.UsedAsync(_redis.Nodes[0]);
}
