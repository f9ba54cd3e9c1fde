using Microsoft.Extensions.Time.Testing;
using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>What becomes of a token that an upstream answered with 401.</summary>
public sealed class UnauthorizedRecoveryTests
{
    [Fact]
    public async Task A_newer_token_in_memory_is_given_at_once_and_nobody_is_asked()
    {
        await using var fleet = await StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        var old = await TokenAsync(replica);
        await replica.RotateAsync();

        var recovery = RecoverAsync(replica, old);

        Assert.True(recovery.IsCompletedSuccessfully);
        Assert.Equal((await replica.GetTokenAsync()).Token, await recovery);
        Assert.Equal(0, fleet.Simulator.Counters.ValidateCalls);
    }

    [Fact]
    public async Task A_newer_token_that_only_the_store_has_is_found_there()
    {
        await using var fleet = await StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        var peer = await fleet.AddLiveReplicaAsync();
        var old = await TokenAsync(replica);
        fleet.Store = fleet.Store with { PollInterval = TimeSpan.FromHours(1) };
        await replica.RestartAsync();
        await replica.UntilAsync(status => status.Usable);
        replica.Store.IsDeaf = true;
        await peer.RotateAsync();
        Assert.Equal(old, await TokenAsync(replica));

        Assert.Equal(await TokenAsync(peer), (await RecoverAsync(replica, old))?.Reveal());
        Assert.Equal((0, 2), (fleet.Simulator.Counters.ValidateCalls, fleet.Simulator.Counters.TokenCalls));
    }

    [Fact]
    public async Task A_rotation_that_a_peer_has_begun_is_waited_for()
    {
        await using var fleet = await StartAsync(On401.Rotate);
        var (replica, peer) = (await fleet.AddLiveReplicaAsync(), await fleet.AddLiveReplicaAsync());
        var old = await TokenAsync(replica);
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang(AfterProcessing: true));
        var rotation = peer.RotateAsync();
        await fleet.EventAsync(EventKind.Hanging);
        await replica.UntilAsync(status => status.State == CredentialState.Rotating);

        var recovery = RecoverAsync(replica, old);
        await replica.PollsAsync(2);
        Assert.False(recovery.IsCompleted);
        fleet.Simulator.Faults.Release();

        Assert.Equal(RotationOutcome.Rotated, (await rotation).Outcome);
        Assert.Equal(await TokenAsync(peer), (await recovery)?.Reveal());
        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
    }

    [Theory]
    [InlineData(On401.Validate, true, 1)]
    [InlineData(On401.Rotate, true, 0)]
    [InlineData(On401.Validate, false, 0)]
    internal async Task A_thousand_401s_to_a_dead_token_cost_one_validation_and_one_rotation(On401 on401, bool hasEndpoint, int validations)
    {
        await using var fleet = await StartAsync(on401, hasEndpoint);
        var replica = await fleet.AddLiveReplicaAsync();
        var old = await TokenAsync(replica);
        fleet.Simulator.InvalidateAccessTokens(fleet.Seed.Family);

        var recovered = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => RecoverAsync(replica, old, TokenRefusal.InvalidToken)));

        var token = Assert.Single(recovered.Distinct());
        fleet.Check(TokenResult.Success(token!));
        Assert.Equal((validations, 2), (fleet.Simulator.Counters.ValidateCalls, fleet.Simulator.Counters.TokenCalls));
    }

    [Theory]
    [InlineData(On401.Validate, 0)]
    [InlineData(On401.Validate, 503)]
    [InlineData(On401.Validate, 429)]
    [InlineData(On401.Pass, 0)]
    internal async Task A_token_that_nobody_calls_dead_is_kept_and_its_401_passes(On401 on401, int status)
    {
        await using var fleet = await StartAsync(on401);
        if (status != 0)
        {
            fleet.Simulator.Faults.Validate.Enqueue(new Fault.Status(status));
        }

        var replica = await fleet.AddLiveReplicaAsync();

        // The upstream's own opinion does not count where there is an endpoint to ask.
        Assert.Null(await RecoverAsync(replica, await TokenAsync(replica), TokenRefusal.InvalidToken));
        Assert.Equal(on401 == On401.Pass ? 0 : 1, fleet.Simulator.Counters.ValidateCalls);
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task Without_a_validate_endpoint_a_bare_401_condemns_nothing()
    {
        await using var fleet = await StartAsync(hasEndpoint: false);
        var replica = await fleet.AddLiveReplicaAsync();

        Assert.Null(await RecoverAsync(replica, await TokenAsync(replica)));
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(400)]
    [InlineData(403)]
    public async Task Where_the_endpoint_cannot_give_a_verdict_the_upstreams_challenge_counts(int status)
    {
        await using var fleet = await StartAsync();
        fleet.Simulator.Faults.Validate.Enqueue(new Fault.Status(status), 100);
        var replica = await fleet.AddLiveReplicaAsync();
        var old = await TokenAsync(replica);

        Assert.Null(await RecoverAsync(replica, old));
        Assert.NotNull(await RecoverAsync(replica, old, TokenRefusal.InvalidToken));
        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task An_endpoint_that_gives_no_verdict_several_times_is_a_problem_and_the_challenge_counts()
    {
        await using var fleet = await StartAsync();
        fleet.Simulator.Faults.Validate.Enqueue(new Fault.Status(503), 100);
        var replica = await fleet.AddLiveReplicaAsync();
        var old = await TokenAsync(replica);

        Assert.Null(await RecoverAsync(replica, old, TokenRefusal.InvalidToken));
        await replica.Manager.ValidateAsync(Fleet.Name, CancellationToken.None);
        Assert.Null(replica.Status.Problem);
        await replica.Manager.ValidateAsync(Fleet.Name, CancellationToken.None);
        Assert.Contains("gave no verdict 3 times in a row (http_503)", replica.Status.Problem, StringComparison.Ordinal);

        Assert.NotNull(await RecoverAsync(replica, old, TokenRefusal.InvalidToken));
    }

    [Fact]
    public async Task A_bare_401_is_not_held_against_a_fresh_token_and_rotates_an_older_one()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var fleet = await StartAsync(On401.Rotate, hasEndpoint: false, time);
        fleet.Credential = fleet.Credential with { MinRefreshInterval = TimeSpan.FromSeconds(30) };
        var replica = await fleet.AddLiveReplicaAsync();
        var fresh = await TokenAsync(replica);

        Assert.Null(await RecoverAsync(replica, fresh));
        Assert.False(replica.View.FoundInvalid);
        time.Advance(TimeSpan.FromSeconds(30));
        var second = (await RecoverAsync(replica, fresh))!.Reveal();

        // The rotation has not helped: the next one is twice as far away.
        Assert.Null(await RecoverAsync(replica, second));
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Null(await RecoverAsync(replica, second));
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.NotNull(await RecoverAsync(replica, second));
        Assert.Equal(3, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task A_verdict_serves_the_401s_of_one_second_in_the_whole_fleet_and_no_longer()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var fleet = await StartAsync(time: time);
        var (replica, peer) = (await fleet.AddLiveReplicaAsync(), await fleet.AddLiveReplicaAsync());
        var token = await TokenAsync(replica);
        var reads = replica.Store.Reads;
        for (var i = 0; i < 300; i++)
        {
            Assert.Null(await RecoverAsync(replica, token));
        }

        Assert.Null(await RecoverAsync(peer, token));
        Assert.Equal(1, fleet.Simulator.Counters.ValidateCalls);
        Assert.InRange(replica.Store.Reads - reads, 1, 3);

        fleet.Simulator.InvalidateAccessTokens(fleet.Seed.Family);
        Assert.Null(await RecoverAsync(replica, token));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(await RecoverAsync(replica, token));
        Assert.Equal(2, fleet.Simulator.Counters.ValidateCalls);
    }

    [Fact]
    public async Task A_verdict_that_no_401_asked_for_does_not_answer_one()
    {
        await using var fleet = await StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        var token = await TokenAsync(replica);
        await replica.Manager.ValidateAsync(Fleet.Name, CancellationToken.None);

        fleet.Simulator.InvalidateAccessTokens(fleet.Seed.Family);

        Assert.NotNull(await RecoverAsync(replica, token));
        Assert.Equal(2, fleet.Simulator.Counters.ValidateCalls);
    }

    [Fact]
    public async Task While_MinRefreshInterval_forbids_a_rotation_401s_pass_and_the_provider_is_asked_once()
    {
        await using var fleet = await StartAsync();
        fleet.Credential = fleet.Credential with { MinRefreshInterval = TimeSpan.FromHours(1) };
        var replica = await fleet.AddLiveReplicaAsync();
        var token = await TokenAsync(replica);
        fleet.Simulator.InvalidateAccessTokens(fleet.Seed.Family);

        for (var i = 0; i < 3; i++)
        {
            Assert.Null(await RecoverAsync(replica, token));
        }

        Assert.Equal(token, await TokenAsync(replica));
        Assert.Equal((1, 1), (fleet.Simulator.Counters.ValidateCalls, fleet.Simulator.Counters.TokenCalls));
    }

    [Fact]
    public async Task Each_fresh_token_that_is_called_dead_doubles_the_interval_and_one_that_lasted_does_not()
    {
        var interval = TimeSpan.FromMilliseconds(500);
        await using var fleet = await StartAsync(On401.Rotate);
        fleet.Credential = fleet.Credential with { MinRefreshInterval = interval };
        var replica = await fleet.AddLiveReplicaAsync();
        for (var generation = 1; generation <= 3; generation++)
        {
            Assert.Null(await RecoverAsync(replica, await TokenAsync(replica), TokenRefusal.InvalidToken));
            await replica.UntilAsync(status => status.Generation > generation);
        }

        var made = (await fleet.ReadRecordAsync())!;
        Assert.Equal(3, replica.View.InvalidInARow);
        Assert.InRange(replica.Status.LastRotation!.At - fleet.Simulator.Events.ToList().Single(happened => happened.Kind == EventKind.Seeded).At, interval * 6, Fleet.Bound);

        await replica.UntilAsync(_ => fleet.Time.GetUtcNow() > made.IssuedAt + (interval * 4), "the token has outlasted the interval");
        Assert.NotNull(await RecoverAsync(replica, await TokenAsync(replica)));
        Assert.Equal(1, replica.View.InvalidInARow);
    }

    [Fact]
    public async Task A_caller_that_goes_away_cancels_neither_validation_nor_rotation()
    {
        await using var fleet = await StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.InvalidateAccessTokens(fleet.Seed.Family);
        fleet.Simulator.Faults.Validate.Enqueue(new Fault.Hang());
        using var gone = new CancellationTokenSource();
        var recovery = replica.Manager.RecoverAsync(Fleet.Name, await TokenAsync(replica), TokenRefusal.Unexplained, gone.Token);
        await fleet.EventAsync(EventKind.Hanging);

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => recovery);
        fleet.Simulator.Faults.Release();

        await replica.UntilAsync(status => status.Generation == 2);
    }

    [Fact]
    public async Task A_rotation_that_does_not_come_in_RequestWait_lets_the_401_pass()
    {
        await using var fleet = await StartAsync(On401.Rotate);
        fleet.Credential = fleet.Credential with { RequestWait = TimeSpan.FromMilliseconds(200) };
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang(AfterProcessing: true));

        Assert.Null(await RecoverAsync(replica, await TokenAsync(replica)));
        fleet.Simulator.Faults.Release();
        await replica.UntilAsync(status => status.Generation == 2);
    }

    [Fact]
    public async Task A_rotation_that_fails_lets_the_401_pass_without_further_waiting()
    {
        await using var fleet = await StartAsync(On401.Rotate);
        fleet.Credential = fleet.Credential with { RequestWait = TimeSpan.FromHours(1) };
        var replica = await fleet.AddLiveReplicaAsync();
        await fleet.Simulator.StopListeningAsync();

        Assert.Null(await RecoverAsync(replica, await TokenAsync(replica)).WaitAsync(Fleet.Bound, TimeProvider.System));
    }

    private static async Task<string> TokenAsync(Replica replica) => (await replica.GetTokenAsync()).Token!.Reveal();

    private static Task<AccessToken?> RecoverAsync(Replica replica, string refused, TokenRefusal refusal = TokenRefusal.Unexplained) =>
        replica.Manager.RecoverAsync(Fleet.Name, refused, refusal, CancellationToken.None);

    private static async Task<Fleet> StartAsync(On401 on401 = On401.Validate, bool hasEndpoint = true, TimeProvider? time = null)
    {
        var fleet = await Fleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromHours(1) }, time: time);
        fleet.Credential = fleet.Credential with
        {
            ValidateEndpoint = hasEndpoint ? new Uri(fleet.Simulator.BaseUrl + "/v1/oauth/token") : null,
            Validation = new ValidationSettings { OnAdopt = false, Interval = TimeSpan.Zero, On401 = on401 },
        };
        return fleet;
    }
}
