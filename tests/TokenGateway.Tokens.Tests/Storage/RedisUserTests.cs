using System.Globalization;
using StackExchange.Redis;
using TokenGateway.Simulator.Faults;
using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Tests.Rotation;
using Xunit.Abstractions;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>The user of docs/security.md may do all that the engine does, and nothing that it does not do; on a primary with a replica, where it also has to wait.</summary>
public sealed class RedisUserTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Password = "password_1";

    private RedisTopology _redis = null!;
    private ConnectionMultiplexer _admin = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisTopology.PrimaryWithReplicasAsync(1);
        _admin = await ConnectionMultiplexer.ConnectAsync(_redis.Nodes[0].Address + ",allowAdmin=true");
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

        await using (var fleet = await StartFleetAsync("tokengateway", "tokengateway"))
        {
            var pings = (await UsedAsync()).GetValueOrDefault("ping");
            await LiveAsync(fleet);
            await StoreTestHelpers.EventuallyAsync(async () => (await UsedAsync())["ping"] > pings);
        }

        Assert.Empty(await DenialsAsync());
        var used = await UsedAsync();
        output.WriteLine(string.Join(' ', used.Keys.Order(StringComparer.Ordinal)));
        Assert.Empty(RedisUser.Commands.Except(used.Keys, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_any_one_of_the_commands_something_is_refused()
    {
        using var seen = new CancellationTokenSource();
        var missed = RedisUser.Commands.Select(command => ("without-" + command, command)).ToList();
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
        await using var connection = await ConnectionMultiplexer.ConnectAsync(ConnectionOf("tokengateway") + ",allowAdmin=true,tiebreaker=,configChannel=");

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
        await using var fleet = await StartFleetAsync(user, user);
        var life = LiveAsync(fleet);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, seen).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ = life.Exception; // What it missed is in the server's log.
    }

    private async Task<Fleet> StartFleetAsync(string user, string prefix)
    {
        var fleet = await Fleet.StartAsync();
        fleet.Store = fleet.Store with { Kind = StoreKind.Redis, Redis = new Secret(ConnectionOf(user)), KeyPrefix = prefix };
        fleet.Credential = fleet.Credential with
        {
            ValidateEndpoint = new Uri(fleet.Simulator.BaseUrl + "/v1/oauth/token"),
            Validation = new ValidationSettings { Interval = TimeSpan.FromMilliseconds(500) },
        };
        return fleet;
    }

    /// <summary>A seed, rotations, a long one whose lease is renewed, verdicts that are shared, announcements, history; and connections that are idle for a while.</summary>
    private async Task LiveAsync(Fleet fleet)
    {
        var first = await fleet.AddLiveReplicaAsync();
        fleet.Store = fleet.Store with { PollInterval = TimeSpan.FromMinutes(1) };
        var second = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Delay(fleet.Credential.LeaseDuration / 2.5));
        await first.RotateAsync();
        await second.UntilAsync(status => status is { Generation: 2, LastValidation: not null });
        Assert.NotEmpty((await second.Manager.GetReportAsync(Fleet.Name, CancellationToken.None)).History);
    }

    private string ConnectionOf(string user) => $"{_redis.Nodes[0].Address},user={user},password={Password}";

    private async Task SetUserAsync(string user, string prefix, string? without = null)
    {
        foreach (var node in _redis.Nodes)
        {
            Assert.Equal("OK", await node.AskAsync(["ACL", "SETUSER", user, .. RedisUser.Rules(prefix, Password, without)]));
        }
    }

    private async Task<IReadOnlyList<(string User, string Command)>> DenialsAsync()
    {
        var entries = (RedisResult[])(await _admin.GetDatabase().ExecuteAsync("ACL", "LOG", "1000"))!;
        return [.. entries.Select(entry => entry.ToDictionary()).Select(entry => ((string)entry["username"]!, (string)entry["object"]!))];
    }

    private async Task<Dictionary<string, long>> UsedAsync()
    {
        var info = (string)(await _admin.GetDatabase().ExecuteAsync("INFO", "commandstats"))!;
        return info.Split('\n').Where(line => line.StartsWith("cmdstat_", StringComparison.Ordinal)).Select(line => line["cmdstat_".Length..].Split(':', '=', ','))
            .ToDictionary(parts => parts[0], parts => long.Parse(parts[2], CultureInfo.InvariantCulture), StringComparer.Ordinal);
    }
}
