using StackExchange.Redis;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Testing;
using TokenGateway.Tokens.Tests.Storage;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>A store that forgets is healed by whoever remembers, and is not taken for a new one.</summary>
public sealed class ForgettingStoreTests : IAsyncLifetime
{
    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartOwnAsync();

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Fact]
    public async Task A_replica_that_knows_the_record_brings_it_back_within_a_poll_interval()
    {
        await using var fleet = await Fleet.StartAsync(redis: _redis);
        var replica = await fleet.AddLiveReplicaAsync();

        await FlushAsync();
        var flushed = TimeProvider.System.GetTimestamp();
        await StoreTestHelpers.EventuallyAsync(async () => await fleet.ReadRecordAsync() is not null);

        Assert.True(TimeProvider.System.GetElapsedTime(flushed) < fleet.Store.PollInterval + TimeSpan.FromSeconds(2));
        Assert.Equal(replica.View.Record!.Id, (await fleet.ReadRecordAsync())!.Id);
        Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync()).Outcome);
        Assert.Equal((2, 1), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Provider.MostPresentationsOfOneRefreshToken));
    }

    [Fact]
    public async Task An_empty_Redis_is_not_seeded_before_two_poll_intervals()
    {
        await using var fleet = await Fleet.StartAsync(redis: _redis);
        fleet.Store = fleet.Store with { PollInterval = TimeSpan.FromMilliseconds(750) };
        var started = fleet.Time.GetUtcNow();
        var replica = await fleet.AddReplicaAsync();

        var rotated = await fleet.EventAsync(EventKind.Rotated);
        fleet.Check(await replica.GetTokenAsync());

        Assert.True(rotated.At - started >= fleet.Store.PollInterval * 2, $"Seeded after {rotated.At - started}.");
    }

    [Fact]
    public async Task A_peer_that_heals_in_that_time_wins_over_the_seed()
    {
        await using var fleet = await Fleet.StartAsync(redis: _redis);
        fleet.Store = fleet.Store with { PollInterval = TimeSpan.FromSeconds(1) };
        var peer = await fleet.AddLiveReplicaAsync();
        await peer.RotateAsync();

        await FlushAsync();
        var fresh = await fleet.AddReplicaAsync();
        await fresh.UntilAsync(status => status is { Usable: true, State: CredentialState.Active });

        Assert.Equal(peer.View.Record!.Id, fresh.View.Record!.Id);
        Assert.Equal((2, 0L), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Reuses));
    }

    private async Task FlushAsync()
    {
        await using var admin = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString + ",allowAdmin=true");
        await admin.GetDatabase().ExecuteAsync("FLUSHALL");
    }
}
