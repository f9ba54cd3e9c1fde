using StackExchange.Redis;
using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Storage;
using Xunit.Abstractions;
using static TokenGateway.Tokens.Tests.Storage.StoreTestHelpers;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>What the Redis store does when its server is away, full, read-only or locked.</summary>
public sealed class RedisOutageTests(ITestOutputHelper output)
{
    private const string Password = "correct-horse-battery";

    [Fact]
    public async Task A_killed_server_makes_calls_fail_fast_and_a_restarted_one_works_again_by_itself()
    {
        await using var server = await StartAsync();
        await using var instance = await StoreInstance.OpenAsync(Settings(server));
        await using var other = await StoreInstance.OpenAsync(Settings(server));
        using var announcements = new AnnouncementLog(other.Store);
        await instance.Store.WriteAsync("plum", null, "r1");

        await server.KillAsync();
        await AssertUnavailableAsync(() => instance.Store.ReadAsync("plum"));
        await AssertUnavailableAsync(() => instance.Store.WriteAsync("plum", "r1", "lost"));
        await AssertUnavailableAsync(() => instance.Store.AcquireAsync("plum", "lease_1"));

        await server.RestartAsync();
        await EventuallyAsync(() => TriesAsync(async () => (await instance.Store.ReadAsync("plum")).Record!.Revision == "r1"));
        var revision = "r1";
        await EventuallyAsync(async () =>
        {
            var next = revision + "+";
            await TriesAsync(async () => await instance.Store.WriteAsync("plum", revision, next, announce: true) == WriteOutcome.Written);
            revision = (await instance.Store.ReadAsync("plum")).Record!.Revision;
            return announcements.Revisions.Any();
        });
    }

    [Fact]
    public async Task A_server_that_is_back_is_told_of_once_it_can_be_read()
    {
        await using var server = await StartAsync();
        await using var instance = await StoreInstance.OpenAsync(Settings(server));
        using var reconnections = new SemaphoreSlim(0);
        instance.Store.Reconnected += () => reconnections.Release();

        await server.KillAsync();
        await server.RestartAsync();

        await IsToldAsync(reconnections, instance.Store);
    }

    [Theory]
    [InlineData("pubsub")]
    [InlineData("normal")]
    public async Task A_single_connection_that_was_cut_is_told_of_when_it_is_back(string kind)
    {
        await using var server = await StartAsync();
        await using var instance = await StoreInstance.OpenAsync(Settings(server));
        using var reconnections = new SemaphoreSlim(0);
        instance.Store.Reconnected += () => reconnections.Release();

        await ExecuteAsync(server, "CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes");

        await IsToldAsync(reconnections, instance.Store);
    }

    [Fact]
    public async Task A_failover_to_a_server_that_was_connected_all_along_is_told_of_as_well()
    {
        await using var primary = await StartAsync();
        await using var replica = await StartAsync();
        var address = primary.ConnectionString.Split(':', ',');
        await ExecuteAsync(replica, "REPLICAOF", address[0], address[1]);
        var both = new Secret($"{primary.ConnectionString},{replica.ConnectionString}");
        await using var instance = await StoreInstance.OpenAsync(Settings(primary) with { Redis = both });
        using var reconnections = new SemaphoreSlim(0);
        instance.Store.Reconnected += () => reconnections.Release();

        await primary.KillAsync();
        await ExecuteAsync(replica, "REPLICAOF", "NO", "ONE");

        await IsToldAsync(reconnections, instance.Store);
    }

    [Fact]
    public async Task A_server_that_is_away_at_the_start_is_connected_to_and_subscribed_to_later()
    {
        await using var server = await StartAsync();
        await server.KillAsync();

        var started = TimeProvider.System.GetTimestamp();
        await using var instance = await StoreInstance.OpenAsync(Settings(server));
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(8));
        using var announcements = new AnnouncementLog(instance.Store);
        await AssertUnavailableAsync(() => instance.Store.ReadAsync("plum"));

        await server.RestartAsync();
        await EventuallyAsync(() => TriesAsync(async () => (await instance.Store.ReadAsync("plum")).Record is null));
        var number = 0;
        await EventuallyAsync(async () =>
        {
            await TriesAsync(async () => await instance.Store.WriteAsync($"plum_{number++}", null, "r1", announce: true) == WriteOutcome.Written);
            return announcements.Revisions.Any();
        });
    }

    [Fact]
    public async Task A_server_without_memory_still_takes_leases_and_commits_but_no_history()
    {
        await using var server = await StartAsync();
        await using var instance = await StoreInstance.OpenAsync(Settings(server));
        await ExecuteAsync(server, "CONFIG", "SET", "maxmemory", "1");

        var acquired = await instance.Store.AcquireAsync("plum", "lease_1");
        Assert.True(acquired.Acquired);
        Assert.True(await instance.Store.RenewAsync("plum", "lease_1", 50_000));
        Assert.Equal(WriteOutcome.Written, await instance.Store.WriteAsync("plum", null, "r1", new LeaseGuard("lease_1", 1), announce: true));
        Assert.Equal("r1", (await instance.Store.ReadAsync("plum")).Record!.Revision);
        await instance.Store.ReleaseAsync("plum", "lease_1");
        Assert.Null((await instance.Store.ReadAsync("plum")).Lease);
        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => instance.Store.AppendHistoryAsync("plum", new byte[1], CancellationToken.None));
        Assert.Equal("Redis refused the command (OOM): the server is out of memory; raise its maxmemory or remove other data.", exception.Message);
    }

    [Fact]
    public async Task A_server_that_becomes_a_read_only_replica_makes_writes_unavailable()
    {
        await using var server = await StartAsync();
        await using var instance = await StoreInstance.OpenAsync(Settings(server));
        await ExecuteAsync(server, "REPLICAOF", "127.0.0.1", "1");

        var exception = await AssertUnavailableAsync(() => instance.Store.WriteAsync("plum", null, "r1"));
        Assert.Contains("TokenGateway:Store:Redis", exception.Message, StringComparison.Ordinal);
        await using var late = await StoreInstance.OpenAsync(Settings(server));
        await AssertUnavailableAsync(() => late.Store.WriteAsync("plum", null, "r1"));
    }

    [Theory]
    [InlineData(Password, false)]
    [InlineData(Password + "-wrong", true)]
    public async Task The_password_is_in_no_exception_and_a_wrong_one_is_told(string password, bool refused)
    {
        await using var server = await StartAsync("--requirepass", Password);
        var settings = Settings(server) with { Redis = new Secret($"{server.ConnectionString},password={password}") };
        await using var instance = await StoreInstance.OpenAsync(settings);
        if (!refused)
        {
            Assert.Null((await instance.Store.ReadAsync("plum")).Record);
            await server.KillAsync();
        }

        var expected = refused
            ? "Redis did not accept the user or password, or its certificate is not one that this machine trusts for that host: check user, password, ssl and sslHost in TokenGateway:Store:Redis."
            : "check that one listens at the address in TokenGateway:Store:Redis.";
        await EventuallyAsync(async () => (await AssertUnavailableAsync(() => instance.Store.ReadAsync("plum"))).Message.EndsWith(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData($"password={Password},sillyOption={Password}")]
    [InlineData($"host:1,password={Password},ssl={Password}")]
    [InlineData($"password={Password}")]
    public async Task A_configuration_string_that_cannot_be_read_is_refused_without_being_repeated(string configuration)
    {
        var settings = new StoreSettings { Kind = StoreKind.Redis, Redis = new Secret(configuration) };

        var exception = await Assert.ThrowsAsync<FormatException>(() => StoreInstance.OpenAsync(settings));

        Assert.StartsWith("TokenGateway:Store:Redis is not a StackExchange.Redis configuration string", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, exception.ToString(), StringComparison.Ordinal);
    }

    private static StoreSettings Settings(RedisServer server) =>
        new() { Kind = StoreKind.Redis, Redis = new Secret(server.ConnectionString), OperationTimeout = TimeSpan.FromSeconds(3) };

    /// <summary>The call fails within its timeout (and a margin for a busy machine), and says so without the password.</summary>
    private static async Task<StoreUnavailableException> AssertUnavailableAsync(Func<Task> call)
    {
        var started = TimeProvider.System.GetTimestamp();
        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(call);
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(4));
        Assert.DoesNotContain(Password, exception.ToString(), StringComparison.Ordinal);
        return exception;
    }

    /// <summary>Of the reconnections, at least one comes when the store can be read.</summary>
    private static async Task IsToldAsync(SemaphoreSlim reconnections, ITokenStore store)
    {
        do
        {
            Assert.True(await reconnections.WaitAsync(Bound), "No reconnection was told of, or none that was of use.");
        }
        while (!await TriesAsync(async () => (await store.ReadAsync("plum")).Record is null));
    }

    private static async Task<bool> TriesAsync(Func<Task<bool>> call)
    {
        try
        {
            return await call();
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private static async Task ExecuteAsync(RedisServer server, string command, params object[] arguments)
    {
        await using var admin = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString + ",allowAdmin=true");
        await admin.GetDatabase().ExecuteAsync(command, arguments);
    }

    private async Task<RedisServer> StartAsync(params string[] arguments)
    {
        var server = await RedisServer.StartOwnAsync(arguments);
        output.WriteLine(server.Description);
        return server;
    }
}
