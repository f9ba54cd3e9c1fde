using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>Traces that a hostile reading of the engine found, each of which once cost a token, a request or an operator's time.</summary>
public sealed class ReviewedTracesTests
{
    [Fact]
    public async Task A_refresh_token_that_the_store_knows_to_be_dead_is_not_sent_by_a_replica_that_has_not_heard_of_it()
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.Store = fleet.Store with { PollInterval = TimeSpan.FromMinutes(1) };
        var replica = await fleet.AddLiveReplicaAsync();
        await fleet.AmendRecordAsync(record => record with { Rejection = "invalid_grant" });

        var report = await replica.RotateAsync();

        Assert.Equal(RotationOutcome.TakenOver, report.Outcome);
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
        Assert.Equal(CredentialState.ReauthorizationRequired, replica.Status.State);
    }

    [Fact]
    public async Task The_owner_remembers_its_doubt_when_a_failover_has_lost_the_intent()
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.Credential = fleet.Credential with
        {
            TokenEndpointTimeout = TimeSpan.FromSeconds(1),
            LeaseDuration = TimeSpan.FromSeconds(5),
            Patience = TimeSpan.FromDays(1),
        };
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang(AfterProcessing: true));
        var replica = await fleet.AddReplicaAsync();
        await fleet.EventAsync(EventKind.Hanging);
        await fleet.AmendRecordAsync(record => record with { Attempts = [], Step = record.Step - 2 });

        await replica.UntilAsync(status => status.State == CredentialState.InDoubt);
        await replica.PollsAsync(5);

        Assert.Equal(CredentialState.InDoubt, replica.Status.State);
        Assert.True(Assert.Single((await fleet.ReadRecordAsync())!.Attempts).Doubtful);
        Assert.Equal((1, 0L), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Reuses));
    }

    [Fact]
    public async Task Stopping_waits_until_the_store_has_the_newest_pair()
    {
        await using var redis = await RedisServer.StartOwnAsync();
        await using var fleet = await Fleet.StartAsync(redis: redis);
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang(AfterProcessing: true));
        var rotation = replica.RotateAsync();
        await fleet.EventAsync(EventKind.Hanging);
        await redis.KillAsync();

        var stop = replica.Manager.StopAsync(CancellationToken.None);
        fleet.Simulator.Faults.Release();
        await rotation;
        Assert.True(replica.View.Uncommitted);
        Assert.False(stop.IsCompleted);
        await redis.RestartAsync();
        await stop.WaitAsync(Fleet.Bound, TimeProvider.System);

        Assert.Equal(2, (await fleet.ReadRecordAsync())!.Generation);
    }

    [Fact]
    public async Task Stopping_gives_up_a_pair_when_it_is_told_that_time_is_up()
    {
        await using var redis = await RedisServer.StartOwnAsync();
        await using var fleet = await Fleet.StartAsync(redis: redis);
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang(AfterProcessing: true));
        var rotation = replica.RotateAsync();
        await fleet.EventAsync(EventKind.Hanging);
        await redis.KillAsync();
        fleet.Simulator.Faults.Release();
        await rotation;
        using var timeIsUp = new CancellationTokenSource();

        var stop = replica.Manager.StopAsync(timeIsUp.Token);
        Assert.False(stop.IsCompleted);
        await timeIsUp.CancelAsync();

        await stop.WaitAsync(Fleet.Bound, TimeProvider.System);
    }

    [Fact]
    public async Task A_reseed_does_not_bring_back_the_access_token_that_came_with_the_first_seed()
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.WriteSeed(fleet.Seed.RefreshToken);
        fleet.Credential = fleet.Credential with { AccessToken = new SecretSource { Value = new Secret("access-token-of-last-year") } };
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.Usable);
        await replica.RotateAsync();
        var family = replica.View.Record!.Family;

        fleet.WriteSeed(fleet.Simulator.IssueSeed().RefreshToken);
        await replica.UntilAsync(view => view.Record!.Family != family, "reseeded");
        await replica.UntilAsync(view => view.Record!.Generation == 1, "rotated");

        fleet.Check(await replica.GetTokenAsync());
    }

    [Fact]
    public async Task A_verdict_of_unknown_does_not_make_good_a_token_that_was_found_invalid()
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.Credential = fleet.Credential with
        {
            ValidateEndpoint = new Uri(fleet.Simulator.BaseUrl + "/v1/oauth/token"),
            MinRefreshInterval = TimeSpan.FromHours(1),
            Validation = new ValidationSettings { OnAdopt = true, Interval = TimeSpan.FromMilliseconds(300), CacheFor = TimeSpan.Zero },
        };
        fleet.Simulator.Faults.Validate.Enqueue(new Fault.Status(401));
        fleet.Simulator.Faults.Validate.Enqueue(new Fault.Status(503));
        var replica = await fleet.AddReplicaAsync();

        await replica.UntilAsync(view => view.LastValidation?.Verdict == ValidationVerdict.Unknown, "unknown");

        Assert.True(replica.View.FoundInvalid);
    }

    [Fact]
    public async Task A_new_seed_does_not_wait_for_what_the_old_one_was_told_to_wait_for()
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.WriteSeed(fleet.Seed.RefreshToken);
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Status(429, RetryAfter: TimeSpan.FromDays(20000)));
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.Problem is not null);
        Assert.True(replica.Status.NextRotationAt - fleet.Time.GetUtcNow() > TimeSpan.FromMinutes(14));

        fleet.WriteSeed(fleet.Simulator.IssueSeed().RefreshToken);

        await replica.UntilAsync(status => status is { Usable: true, Problem: null });
    }

    [Fact]
    public async Task A_rotation_that_was_asked_for_and_failed_leaves_no_problem_behind()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        await fleet.Simulator.StopListeningAsync();

        var report = await replica.RotateAsync();

        Assert.Equal(RotationOutcome.NotSent, report.Outcome);
        Assert.Null(replica.Status.Problem);
    }

    [Fact]
    public async Task An_ask_that_comes_while_a_peer_rotates_is_answered_with_the_peers_rotation()
    {
        await using var fleet = await Fleet.StartAsync();
        var peer = await fleet.AddLiveReplicaAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang());
        var theirs = peer.RotateAsync();
        await fleet.EventAsync(EventKind.Hanging);

        var first = replica.RotateAsync();
        var second = replica.RotateAsync();
        fleet.Simulator.Faults.Release();
        await Task.WhenAll(theirs, first, second).WaitAsync(Fleet.Bound, TimeProvider.System);
        await replica.PollsAsync(3);

        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
        Assert.Equal(2, replica.Status.Generation);
    }

    [Fact]
    public async Task A_lease_whose_answer_was_lost_is_taken_up_again_instead_of_waited_for()
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.Credential = fleet.Credential with { LeaseDuration = TimeSpan.FromMinutes(10) };
        var replica = await fleet.AddLiveReplicaAsync();
        replica.Store.LosesAcquires = true;
        Assert.Equal(RotationOutcome.StoreUnavailable, (await replica.RotateAsync()).Outcome);

        replica.Store.LosesAcquires = false;

        Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync()).Outcome);
    }

    [Fact]
    public async Task A_seed_waits_for_an_attempt_whose_owner_has_lost_the_lease()
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.WriteSeed(fleet.Seed.RefreshToken);
        var owner = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang(AfterProcessing: true));
        var rotation = owner.RotateAsync();
        await fleet.EventAsync(EventKind.Hanging);
        await fleet.BreakLeaseAsync();

        fleet.WriteSeed(fleet.Simulator.IssueSeed().RefreshToken);
        var other = await fleet.AddReplicaAsync();
        await other.PollsAsync(5);
        Assert.Equal(1, (await fleet.ReadRecordAsync())!.Generation);
        fleet.Simulator.Faults.Release();

        Assert.Equal(RotationOutcome.Rotated, (await rotation).Outcome);
        await other.UntilAsync(view => view.Record is { Generation: 1, NeedsAccessToken: false } record && record.AdoptedSeeds.Count == 2, "reseeded");
    }
}
