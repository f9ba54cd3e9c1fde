using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Rotation;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>What takes the place of a refresh token that is dead or in doubt, before somebody must log in again.</summary>
public sealed class FallbackTests
{
    [Fact]
    public async Task A_refused_seed_brings_the_pair_before_it_back()
    {
        await using var fleet = await Fleet.StartAsync(time: new FasterTime(5));
        fleet.WriteSeed(fleet.Seed.RefreshToken);
        var replica = await fleet.AddLiveReplicaAsync();

        fleet.WriteSeed("never-issued");
        await replica.UntilAsync(status => status.Problem?.Contains("refused the configured seed", StringComparison.Ordinal) == true);
        var report = await replica.RotateAsync();

        Assert.Equal((RotationOutcome.Rotated, 2L), (report.Outcome, report.Generation));
        Assert.Equal((fleet.Seed.Family, 2), FamilyAndGeneration(fleet.Check(await replica.GetTokenAsync())));
        Assert.Equal(CredentialState.Active, replica.Status.State);
        Assert.Equal(0, fleet.Simulator.Counters.Reuses);
    }

    [Fact]
    public async Task A_refused_seed_is_not_tried_again_after_a_restart_and_the_next_one_is_adopted()
    {
        await using var fleet = await Fleet.StartAsync(time: new FasterTime(5));
        fleet.WriteSeed(fleet.Seed.RefreshToken);
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.WriteSeed("never-issued");
        await replica.UntilAsync(status => status.Problem?.Contains("refused the configured seed", StringComparison.Ordinal) == true);
        var calls = fleet.Simulator.Counters.TokenCalls;

        await replica.RestartAsync();
        await replica.UntilAsync(status => status.Problem?.Contains("refused the configured seed", StringComparison.Ordinal) == true);
        Assert.Equal(calls, fleet.Simulator.Counters.TokenCalls);

        var reseed = fleet.Simulator.IssueSeed();
        fleet.WriteSeed(reseed.RefreshToken);
        await replica.UntilAsync(status => status is { Generation: 1, Problem: null });
        Assert.Equal((reseed.Family, 1), FamilyAndGeneration(fleet.Check(await replica.GetTokenAsync())));
    }

    [Fact]
    public async Task A_dead_refresh_token_gives_way_to_the_standby()
    {
        await using var fleet = await Fleet.StartAsync();
        var standby = fleet.Simulator.IssueSeed();
        fleet.Credential = fleet.Credential with { StandbyRefreshToken = new SecretSource { Value = new Secret(standby.RefreshToken) } };
        var replica = await fleet.AddLiveReplicaAsync();
        Assert.NotNull(replica.Status.Standby);

        fleet.Simulator.RevokeFamily(fleet.Seed.Family);
        Assert.Equal(RotationOutcome.Rejected, (await replica.RotateAsync()).Outcome);
        await replica.UntilAsync(status => status is { Generation: 1, State: CredentialState.Active });

        Assert.Equal((standby.Family, 1), FamilyAndGeneration(fleet.Check(await replica.GetTokenAsync())));
        Assert.Null(replica.Status.Standby);
        await replica.RestartAsync();
        await replica.PollsAsync(3);
        Assert.Equal((0L, CredentialState.Active), (fleet.Simulator.Counters.Reuses, replica.Status.State));
    }

    [Fact]
    public async Task In_doubt_the_standby_is_used_instead_of_sending_the_doubtful_token_again()
    {
        await using var fleet = await StartShortAsync(TimeSpan.FromSeconds(6));
        var standby = fleet.Simulator.IssueSeed();
        fleet.Credential = fleet.Credential with { StandbyRefreshToken = new SecretSource { Value = new Secret(standby.RefreshToken) } };
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: true));

        Assert.Equal(RotationOutcome.InDoubt, (await replica.RotateAsync()).Outcome);
        var doubted = replica.View;
        await replica.UntilAsync(view => view.Record is { Generation: 1, Attempts.Count: 0 } record && record.Family != doubted.Record!.Family, "the standby's first rotation");

        Assert.Equal(standby.Family, fleet.Check(await replica.GetTokenAsync()).Family);
        Assert.Equal(0, fleet.Simulator.Counters.Reuses);
    }

    [Fact]
    public async Task In_doubt_a_dead_standby_does_not_cost_the_token_that_was_merely_in_doubt()
    {
        await using var fleet = await StartShortAsync(TimeSpan.FromSeconds(6));
        var standby = fleet.Simulator.IssueSeed();
        fleet.Credential = fleet.Credential with { StandbyRefreshToken = new SecretSource { Value = new Secret(standby.RefreshToken) } };
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.RevokeFamily(standby.Family);
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: false));

        Assert.Equal(RotationOutcome.InDoubt, (await replica.RotateAsync()).Outcome);
        await replica.UntilAsync(view => view.Record is { Generation: 2, Attempts.Count: 0, Rejection: null }, "the token in doubt was good after all");

        Assert.Equal(fleet.Seed.Family, fleet.Check(await replica.GetTokenAsync()).Family);
        Assert.Equal(0, fleet.Simulator.Counters.Reuses);
    }

    [Fact]
    public async Task A_pair_that_comes_back_after_a_reseed_is_kept_and_used_when_the_new_family_dies()
    {
        await using var fleet = await StartShortAsync(TimeSpan.FromHours(1));
        fleet.WriteSeed(fleet.Seed.RefreshToken);
        var brief = fleet.Credential;
        fleet.Credential = brief with { TokenEndpointTimeout = Fleet.Bound, LeaseDuration = Fleet.Bound * 2 };
        var late = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang(AfterProcessing: true));
        fleet.Credential = brief;
        var asked = late.RotateAsync();
        await fleet.EventAsync(EventKind.Hanging);
        await fleet.BreakLeaseAsync();
        await AgeAttemptsAsync(fleet);
        var reseed = fleet.Simulator.IssueSeed();
        fleet.WriteSeed(reseed.RefreshToken);
        var other = await fleet.AddReplicaAsync();
        await other.UntilAsync(view => view.Record is { Generation: 1 } record && record.HasUsed(new Secret(reseed.RefreshToken)), "the reseed");

        fleet.Simulator.Faults.Release();
        Assert.Equal(RotationOutcome.TakenOver, (await asked).Outcome);
        await other.UntilAsync(view => view.Record!.Spares.Any(spare => spare.Kind == SpareKind.Alternate), "the late pair as a spare");
        Assert.NotNull(other.Status.Standby);
        await late.DisposeAsync();
        fleet.Simulator.RevokeFamily(reseed.Family);
        Assert.Equal(RotationOutcome.Rejected, (await other.RotateAsync()).Outcome);
        await other.UntilAsync(status => status is { State: CredentialState.Active, Usable: true, Generation: 2 });

        Assert.Equal(fleet.Seed.Family, fleet.Check(await other.GetTokenAsync()).Family);
        Assert.Equal(RotationOutcome.Rotated, (await other.RotateAsync()).Outcome);
        Assert.Equal(0, fleet.Simulator.Counters.Reuses);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_token_that_only_the_store_knows_to_be_superseded_is_not_sent(bool force)
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.Store = fleet.Store with { PollInterval = TimeSpan.FromMinutes(5) };
        var replica = await fleet.AddLiveReplicaAsync();
        var options = fleet.Simulator.Options;
        var spent = (await fleet.ReadRecordAsync())!.RefreshToken.Reveal();
        var late = Assert.IsType<RotationResult.Granted>(fleet.Simulator.Provider.Rotate(spent, options.ClientId, options.ClientSecret));
        await fleet.AmendRecordAsync(record => record with
        {
            Spares = [SparePair.Of(record with { Generation = 2, AccessToken = new Secret(late.AccessToken.Value), RefreshToken = new Secret(late.RefreshToken!) }, SpareKind.Alternate)],
        });

        Assert.Equal(RotationOutcome.TakenOver, (await replica.RotateAsync(force)).Outcome);
        await replica.UntilAsync(status => status is { Generation: 2, State: CredentialState.Active });

        Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync()).Outcome);
        Assert.Equal(0, fleet.Simulator.Counters.Reuses);
    }

    [Fact]
    public async Task Force_sends_a_doubtful_token_before_its_patience_has_run()
    {
        await using var fleet = await StartShortAsync(TimeSpan.FromHours(1));
        fleet.Credential = fleet.Credential with { Patience = TimeSpan.FromDays(1) };
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: false));
        Assert.Equal(RotationOutcome.InDoubt, (await replica.RotateAsync()).Outcome);

        Assert.Equal(RotationOutcome.Forbidden, (await replica.RotateAsync()).Outcome);
        Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync(force: true)).Outcome);
        Assert.Equal((CredentialState.Active, 2L), (replica.Status.State, replica.Status.Generation));
    }

    [Fact]
    public async Task Force_sends_a_token_that_was_called_dead_once_more()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Status(400, Body: """{"error":"invalid_grant"}"""));
        Assert.Equal(RotationOutcome.Rejected, (await replica.RotateAsync()).Outcome);

        Assert.Equal(RotationOutcome.Forbidden, (await replica.RotateAsync()).Outcome);
        Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync(force: true)).Outcome);
        Assert.Equal((CredentialState.Active, null), (replica.Status.State, replica.Status.Problem));
    }

    [Fact]
    public async Task Force_never_overtakes_a_request_whose_answer_may_still_come()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        var now = fleet.Time.GetUtcNow();
        await fleet.AmendRecordAsync(record => record with { Attempts = [new Attempt("attempt_1", "other/0", now, now.AddMinutes(1), Doubtful: false)] });
        await replica.UntilAsync(status => status.State == CredentialState.Rotating);

        var report = await replica.RotateAsync(force: true);

        Assert.Equal(RotationOutcome.Forbidden, report.Outcome);
        Assert.Contains("its answer may still come", report.Error, StringComparison.Ordinal);
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public void A_pair_comes_back_with_the_doubts_that_it_had()
    {
        var doubtful = RecordSamples() with { Attempts = [new Attempt("attempt_1", "gone/0", default, default, Doubtful: true)] };
        var stamp = new RotationStamp("id_2", default, "replica", TimeSpan.Zero);
        var reseeded = doubtful.Reseeded(new Tokens.Rotation.Seed(new Secret("seed_2"), null, default), "family_2", "binding_1", stamp);

        var restored = (reseeded with { Rejection = "invalid_grant" }).FallenBackTo(reseeded.Spares.Single(), stamp with { Id = "id_3" });

        Assert.Equal((doubtful.RefreshToken, RecordPhase.InDoubt, doubtful.Family), (restored.RefreshToken, restored.Phase, restored.Family));
        Assert.True(Lineage.Descends(restored, reseeded));
        Assert.Empty(restored.Spares);
    }

    private static CredentialRecord RecordSamples() => Tests.Records.RecordSamples.Ready();

    private static (string, int) FamilyAndGeneration(IssuedAccessToken token) => (token.Family, (int)token.Generation);

    /// <summary>As if the owner's window to send and to be answered were long over.</summary>
    private static Task AgeAttemptsAsync(Fleet fleet) => fleet.AmendRecordAsync(record => record with
    {
        Attempts = [.. record.Attempts.Select(attempt => attempt with { SendBy = attempt.StartedAt.AddSeconds(-10) })],
    });

    /// <summary>A window of 500 ms to send in, 1 s to answer and half a second of patience.</summary>
    private static async Task<Fleet> StartShortAsync(TimeSpan lifetime)
    {
        var fleet = await Fleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = lifetime });
        fleet.Credential = fleet.Credential with
        {
            TokenEndpointTimeout = TimeSpan.FromSeconds(1),
            LeaseDuration = TimeSpan.FromSeconds(2.5),
            RefreshBefore = TimeSpan.FromSeconds(1),
        };
        return fleet;
    }
}
