using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>The provider or the store goes away and comes back: nothing is spent twice, and nobody has to help.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task A_provider_that_does_not_listen_costs_nothing_while_the_token_lives_and_is_found_again_afterwards()
    {
        await using var fleet = await Fleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(3) });
        var replica = await fleet.AddLiveReplicaAsync();

        var window = replica.Status.RefreshWindowStartsAt;
        await fleet.Simulator.StopListeningAsync();
        await replica.UntilAsync(status => status.Problem is not null);
        Assert.Contains(fleet.Simulator.BaseUrl, replica.Status.Problem, StringComparison.Ordinal);
        Assert.InRange(window!.Value, replica.Status.IssuedAt!.Value, fleet.Time.GetUtcNow());
        Assert.Equal(window, replica.Status.RefreshWindowStartsAt); // However often the next attempt is put off.
        Assert.Equal(1, fleet.Check(await replica.GetTokenAsync()).Generation);
        Assert.Equal(RotationOutcome.NotSent, replica.Status.LastRotation!.Outcome);
        await replica.UntilAsync(status => !status.Usable);
        var failure = (await replica.GetTokenAsync()).Failure!;
        await fleet.Simulator.StartListeningAsync();
        await replica.UntilAsync(status => status is { Usable: true, State: CredentialState.Active, Problem: null });

        Assert.Equal(TokenFailureCode.TokenUnavailable, failure.Code);
        Assert.True(failure.RetryAfter > TimeSpan.Zero);
        Assert.Equal((1, 0L), (fleet.Simulator.Counters.Provider.MostPresentationsOfOneRefreshToken, fleet.Simulator.Counters.Provider.Refused));
    }

    [Fact]
    public async Task A_client_secret_that_cannot_be_read_is_named_by_its_setting_and_nothing_is_sent()
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.Credential = fleet.Credential with { ClientSecret = new SecretSource { File = "/nowhere/secret" } };
        var replica = await fleet.AddReplicaAsync();

        await replica.UntilAsync(status => status.LastRotation?.Outcome == RotationOutcome.NotSent);

        Assert.Contains("TokenGateway:Credentials:plum:ClientSecretFile", replica.Status.Problem, StringComparison.Ordinal);
        Assert.Equal(0, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task A_pair_that_comes_while_Redis_is_away_is_used_at_once_and_stored_later_without_a_second_call()
    {
        await using var redis = await RedisServer.StartOwnAsync();
        await using var fleet = await Fleet.StartAsync(redis: redis);
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang(AfterProcessing: true));
        var rotation = replica.RotateAsync();
        await fleet.EventAsync(EventKind.Hanging);

        await redis.KillAsync();
        fleet.Simulator.Faults.Release();
        await replica.UntilAsync(view => view is { Uncommitted: true, Record.Generation: 2 }, "the new pair is in memory only");
        Assert.Equal(2, fleet.Check(await replica.GetTokenAsync()).Generation);
        await redis.RestartAsync();
        await replica.UntilAsync(status => status is { State: CredentialState.Active, Problem: null });

        Assert.Equal(RotationOutcome.Rotated, (await rotation).Outcome);
        Assert.False(replica.View.Uncommitted);
        Assert.Equal(replica.View.Record!.Id, (await fleet.ReadRecordAsync())!.Id);
        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task A_dead_token_while_Redis_is_away_is_the_stores_fault_until_it_is_back()
    {
        await using var redis = await RedisServer.StartOwnAsync();
        await using var fleet = await Fleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(2) }, redis);
        var replica = await fleet.AddLiveReplicaAsync();
        var calls = fleet.Simulator.Counters.TokenCalls;

        await redis.KillAsync();
        await replica.UntilAsync(status => status is { Usable: false, Problem: not null });
        var failure = (await replica.GetTokenAsync()).Failure!;
        Assert.Equal(calls, fleet.Simulator.Counters.TokenCalls);
        await redis.RestartAsync();
        await replica.UntilAsync(status => status is { Usable: true, State: CredentialState.Active, Problem: null });

        Assert.Equal(TokenFailureCode.StoreUnavailable, failure.Code);
        Assert.True(failure.RetryAfter > TimeSpan.Zero);
        Assert.Equal(1, fleet.Simulator.Counters.Provider.MostPresentationsOfOneRefreshToken);
    }

    [Fact]
    public async Task A_rotation_that_the_store_kept_from_beginning_leaves_no_problem_behind_once_the_store_is_back()
    {
        await using var redis = await RedisServer.StartOwnAsync();
        await using var fleet = await Fleet.StartAsync(redis: redis);
        var replica = await fleet.AddLiveReplicaAsync();
        await redis.KillAsync();
        var report = await replica.RotateAsync();
        await redis.RestartAsync();
        await replica.UntilAsync(status => status.Problem is null);

        Assert.Equal(RotationOutcome.StoreUnavailable, report.Outcome);
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task Without_a_durable_intent_nothing_is_sent()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        await replica.PollsAsync(1);

        replica.Store.LosesGuardedWrites = true;
        var report = await replica.RotateAsync();
        Assert.Equal((RotationOutcome.StoreUnavailable, 1L), (report.Outcome, fleet.Simulator.Counters.TokenCalls));

        replica.Store.LosesGuardedWrites = false;
        await replica.UntilAsync(view => view is { Untold: false, Record.Attempts.Count: 0 }, "the intent that was written all the same is cleared");
        Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync()).Outcome);
        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
    }
}
