using TokenGateway.Simulator;
using TokenGateway.Testing;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>Many callers and many replicas cost one rotation per token, and all have it.</summary>
public abstract class SharingTests
{
    private protected abstract Task<Fleet> StartFleetAsync(SimulatorOptions options);

    [Fact]
    public async Task Three_replicas_rotate_each_token_once_and_never_lack_one()
    {
        await using var fleet = await StartFleetAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(3) });
        await Task.WhenAll(fleet.AddReplicaAsync(), fleet.AddReplicaAsync(), fleet.AddReplicaAsync());
        await Task.WhenAll(fleet.Replicas.Select(replica => replica.UntilAsync(status => status.Usable)));

        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(6))
        {
            Assert.All(fleet.Replicas, replica => Assert.True(replica.Status.Usable, replica.Status.ToString()));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        await Task.WhenAll(fleet.Replicas.Select(replica => replica.Manager.StopAsync(CancellationToken.None)));
        var counters = fleet.Simulator.Counters;
        Assert.InRange(counters.Rotations, 3, 20);
        Assert.Equal(counters.Rotations, fleet.Replicas.Max(replica => replica.Status.Generation));
        Assert.Equal((1, 0), (counters.Provider.MostPresentationsOfOneRefreshToken, counters.Reuses));
    }

    [Fact]
    public async Task A_replica_takes_another_ones_token_by_announcement()
    {
        await using var fleet = await StartFleetAsync(new SimulatorOptions());
        var first = await fleet.AddLiveReplicaAsync();
        fleet.Store = fleet.Store with { PollInterval = TimeSpan.FromHours(1) };
        var second = await fleet.AddLiveReplicaAsync();

        await first.RotateAsync();
        await second.UntilAsync(status => status is { Generation: 2, State: CredentialState.Active });

        Assert.Equal(2, fleet.Check(await second.GetTokenAsync()).Generation);
        Assert.Null(second.Status.Problem);
    }
}

/// <summary>What is told in seconds of real time is not told beside other tests.</summary>
[CollectionDefinition(nameof(SharingGroup), DisableParallelization = true)]
public sealed class SharingGroup;

[Collection(nameof(SharingGroup))]
public sealed class EmbeddedSharingTests : SharingTests
{
    private protected override Task<Fleet> StartFleetAsync(SimulatorOptions options) => Fleet.StartAsync(options);

    [Fact]
    public async Task Ten_thousand_callers_without_a_token_cost_one_rotation()
    {
        await using var fleet = await Fleet.StartAsync(new SimulatorOptions { Latency = TimeSpan.FromMilliseconds(500) });
        var replica = await fleet.AddReplicaAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 10_000).Select(_ => replica.GetTokenAsync().AsTask()));

        Assert.Equal(1, fleet.Check(Assert.Single(results.Distinct())).Generation);
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }
}

[Collection(nameof(SharingGroup))]
public sealed class RedisSharingTests : SharingTests, IAsyncLifetime
{
    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartOwnAsync();

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    private protected override Task<Fleet> StartFleetAsync(SimulatorOptions options) => Fleet.StartAsync(options, _redis);
}
