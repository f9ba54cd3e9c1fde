using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>A seed that an operator hands over while the engine runs.</summary>
public sealed class ReseedTests
{
    [Fact]
    public async Task An_accepted_seed_is_in_use_and_a_restart_with_the_old_one_does_not_undo_it()
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.WriteSeed(fleet.Seed.RefreshToken);
        var replica = await fleet.AddLiveReplicaAsync();
        var reseed = fleet.Simulator.IssueSeed();

        var report = await ReseedAsync(replica, reseed.RefreshToken);
        await replica.RestartAsync();
        var token = fleet.Check(await replica.GetTokenAsync());
        await replica.PollsAsync(3);

        Assert.Equal(new ReseedReport(ReseedOutcome.Accepted, null), report);
        Assert.Equal((reseed.Family, 1), (token.Family, token.Generation));
        Assert.Equal((2, null), (fleet.Simulator.Counters.TokenCalls, replica.Status.Problem));
    }

    [Fact]
    public async Task A_seed_that_the_provider_refuses_leaves_the_old_pair_in_use()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();

        var report = await ReseedAsync(replica, "never_issued");

        Assert.Equal(ReseedOutcome.SeedRefused, report.Outcome);
        Assert.Equal((CredentialState.Active, 1L, null), (replica.Status.State, replica.Status.Generation, replica.Status.Problem));
        Assert.Contains(EventIds.SeedGivenUp, fleet.Logged.Ids);
        Assert.DoesNotContain(EventIds.FellBack, fleet.Logged.Ids); // Which would ask for a new standby.
        Assert.Equal(ReseedOutcome.SeedRefused, (await ReseedAsync(replica, "never_issued")).Outcome);
        Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync()).Outcome);
        Assert.Equal(fleet.Seed.Family, fleet.Check(await replica.GetTokenAsync()).Family);
    }

    [Fact]
    public async Task A_defect_while_a_seed_is_adopted_is_told_and_neither_blocks_the_next_one_nor_stops_the_agent()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        replica.Store.FailsAcquires = true;

        await Assert.ThrowsAsync<InvalidOperationException>(() => ReseedAsync(replica, fleet.Simulator.IssueSeed().RefreshToken));

        replica.Store.FailsAcquires = false;
        Assert.Equal(ReseedOutcome.Accepted, (await ReseedAsync(replica, fleet.Simulator.IssueSeed().RefreshToken)).Outcome);
    }

    [Fact]
    public async Task A_refused_seed_over_a_dead_credential_is_said_to_be_refused_at_once()
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.Simulator.RevokeFamily(fleet.Seed.Family);
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.State == CredentialState.ReauthorizationRequired);

        var report = await ReseedAsync(replica, "never_issued");

        Assert.Equal(ReseedOutcome.SeedRefused, report.Outcome);
        Assert.Equal(ReseedOutcome.Accepted, (await ReseedAsync(replica, fleet.Simulator.IssueSeed().RefreshToken)).Outcome);
    }

    [Fact]
    public async Task A_spent_seed_is_never_sent()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();

        var first = await ReseedAsync(replica, fleet.Seed.RefreshToken);
        var current = await ReseedAsync(replica, replica.View.Record!.RefreshToken.Reveal());
        await replica.PollsAsync(3);

        Assert.Equal((ReseedOutcome.SeedSpent, ReseedOutcome.SeedSpent), (first.Outcome, current.Outcome));
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task A_rotation_whose_answer_may_still_come_is_in_the_way_and_nothing_is_changed()
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.Credential = fleet.Credential with { RequestWait = TimeSpan.FromMilliseconds(300) };
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang(AfterProcessing: true));
        var rotation = replica.RotateAsync();
        await fleet.EventAsync(EventKind.Hanging);

        var report = await ReseedAsync(replica, fleet.Simulator.IssueSeed().RefreshToken);
        fleet.Simulator.Faults.Release();
        await rotation;
        await replica.PollsAsync(3);

        Assert.Equal(ReseedOutcome.RotationInProgress, report.Outcome);
        Assert.Equal((fleet.Seed.Family, 2), (fleet.Check(await replica.GetTokenAsync()).Family, fleet.Simulator.Counters.TokenCalls));
    }

    [Fact]
    public async Task A_doubt_is_ended_at_once()
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.Credential = fleet.Credential with { Patience = TimeSpan.FromDays(1) };
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: true));
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status.State == CredentialState.InDoubt);

        var report = await ReseedAsync(replica, fleet.Simulator.IssueSeed().RefreshToken);

        Assert.Equal((ReseedOutcome.Accepted, CredentialState.Active), (report.Outcome, replica.Status.State));
    }

    [Fact]
    public async Task While_the_provider_is_away_the_seed_is_stored_and_used_later()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        var reseed = fleet.Simulator.IssueSeed();
        await fleet.Simulator.StopListeningAsync();

        var report = await ReseedAsync(replica, reseed.RefreshToken);
        var again = await ReseedAsync(replica, reseed.RefreshToken);
        await fleet.Simulator.StartListeningAsync();
        await replica.UntilAsync(status => status is { Generation: 1, State: CredentialState.Active, Problem: null });

        Assert.Equal((ReseedOutcome.ProviderUnavailable, ReseedOutcome.ProviderUnavailable), (report.Outcome, again.Outcome));
        Assert.Equal(reseed.Family, fleet.Check(await replica.GetTokenAsync()).Family);
    }

    [Fact]
    public async Task A_credential_without_any_seed_is_begun()
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.Credential = fleet.Credential with { RefreshToken = SecretSource.None };
        var replica = await fleet.AddReplicaAsync();
        await replica.UntilAsync(status => status is { Loaded: true, State: CredentialState.Unseeded });

        var report = await ReseedAsync(replica, fleet.Seed.RefreshToken);

        Assert.Equal(ReseedOutcome.Accepted, report.Outcome);
        Assert.Equal(fleet.Seed.Family, fleet.Check(await replica.GetTokenAsync()).Family);
    }

    [Fact]
    public async Task Another_replicas_reseed_reaches_everybody()
    {
        await using var fleet = await Fleet.StartAsync();
        var first = await fleet.AddLiveReplicaAsync();
        var second = await fleet.AddLiveReplicaAsync();
        var reseed = fleet.Simulator.IssueSeed();

        await ReseedAsync(second, reseed.RefreshToken);
        await first.UntilAsync(view => view.Record is { Generation: 1, AdoptedSeeds.Count: 2 }, "the new family is known");

        Assert.Equal(reseed.Family, fleet.Check(await first.GetTokenAsync()).Family);
    }

    private static Task<ReseedReport> ReseedAsync(Replica replica, string refreshToken) =>
        replica.Manager.ReseedAsync(Fleet.Name, new Secret(refreshToken), CancellationToken.None);
}
