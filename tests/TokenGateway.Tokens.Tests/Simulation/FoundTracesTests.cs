using TokenGateway.Simulation.World;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Simulation;

/// <summary>Traces that the simulation found, each of which once cost a token, in as few steps as it takes.</summary>
public sealed class FoundTracesTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(40);

    [Fact]
    public void A_replica_with_an_old_journal_does_not_adopt_a_spent_seed_into_a_store_that_forgot_it()
    {
        using var scenario = new Scenario(change: plan => plan with { Store = StoreShape.Forgetful }).Started();
        scenario.Pass(TimeSpan.FromSeconds(1));
        scenario.Second.End();
        scenario.LogIn();
        scenario.First.Start();
        scenario.Until(() => scenario.World.Ledger.Rotations == 2 && scenario.World.Header is { Generation: 1, Attempts.Count: 0 });
        scenario.Pass(TimeSpan.FromSeconds(1));

        scenario.First.End();
        scenario.World.Store.Server.Wipe();
        scenario.Second.Start();
        scenario.Pass(TimeSpan.FromSeconds(5));
        scenario.First.Start();
        scenario.Pass(TimeSpan.FromMinutes(5));

        Assert.Empty(scenario.Violations);
        Assert.Equal(0, scenario.World.Provider.Provider.Counters.Reuses);
        Assert.True(scenario.World.Ledger.Rotations >= 3, "Nobody rotates any more.");
    }

    [Fact]
    public void After_a_store_that_forgot_everything_was_filled_again_nobody_sends_for_two_poll_intervals_whoever_filled_it()
    {
        using var scenario = new Scenario(change: plan => plan with { Store = StoreShape.Forgetful }).Started();
        scenario.Pass(TimeSpan.FromSeconds(1));
        scenario.World.Store.Server.Wipe();
        scenario.Until(() => scenario.World.Record is not null);

        var filledAt = scenario.World.Scheduler.Ticks;
        Ask(scenario, scenario.First);
        Ask(scenario, scenario.Second);
        scenario.Until(() => scenario.World.Ledger.Rotations == 2);

        var waited = TimeSpan.FromTicks(scenario.World.Scheduler.Ticks - filledAt);
        Assert.True(waited >= (scenario.World.Plan.PollInterval * 2) - TimeSpan.FromSeconds(1), $"Somebody sent after {waited}.");
    }

    [Fact]
    public void Whoever_knows_that_a_seed_is_spent_takes_it_off_a_store_that_had_forgotten_it()
    {
        using var scenario = new Scenario(change: plan => plan with { Store = StoreShape.Forgetful }).Started();
        LoseAllButTheFirstJournal(scenario);

        AdoptAndDie(scenario, scenario.Second);
        scenario.First.Start();
        scenario.Pass(TimeSpan.FromSeconds(2));
        scenario.Second.Start();
        scenario.Pass(TimeSpan.FromMinutes(10));

        Assert.Empty(scenario.Violations);
        Assert.Equal(0, scenario.World.Provider.Provider.Counters.Reuses);
        Assert.True(scenario.World.Ledger.Rotations >= 2, "Nobody rotates any more.");
    }

    [Fact]
    public void What_was_ever_spent_is_known_again_after_a_new_seed_began_on_a_store_that_had_forgotten_it()
    {
        using var scenario = new Scenario(change: plan => plan with { Store = StoreShape.Forgetful }).Started();
        var spent = scenario.Second.Seed;
        LoseAllButTheFirstJournal(scenario);

        scenario.LogIn();
        AdoptAndDie(scenario, scenario.Second);
        scenario.First.Start();
        scenario.Until(() => scenario.World.Ledger.Rotations == 2);
        scenario.Second.Seed = spent;
        scenario.Second.Start();
        scenario.Pass(TimeSpan.FromMinutes(10));

        Assert.Empty(scenario.Violations);
        Assert.Equal(0, scenario.World.Provider.Provider.Counters.Reuses);
        Assert.True(scenario.World.Ledger.Rotations >= 3, "Nobody rotates any more.");
    }

    [Fact]
    public void What_only_the_grace_allows_is_not_sent_once_it_has_passed()
    {
        using var scenario = new Scenario(change: WithGrace).Started();
        DieWhileRotating(scenario);

        // The second replica is back 2 s before a request could no longer arrive within the grace, and stands still again between its intent and its request: the lease would still allow that.
        var first = scenario.World.Header!.Attempts.Single();
        var last = first.StartedAt + Grace - scenario.World.Plan.EndpointTimeout;
        scenario.Second.Process!.Pause(last - TimeSpan.FromSeconds(2) - scenario.World.Scheduler.Now);
        DateTimeOffset? declaredAt = null;
        scenario.Once(scenario.Second, "answered intent", process =>
        {
            declaredAt = scenario.World.Scheduler.Now;
            process.Pause(TimeSpan.FromSeconds(3.5));
        });
        scenario.Pass(Grace);

        Assert.InRange(declaredAt!.Value, first.StartedAt, last);
        Assert.Empty(scenario.Violations);
        Assert.Equal((0, 0), (scenario.World.Provider.Provider.Counters.Reuses, scenario.World.Provider.Provider.Counters.ReusesInGrace));
    }

    [Fact]
    public void A_doubt_is_ended_within_the_grace_however_long_the_access_token_still_lives()
    {
        using var scenario = new Scenario(change: WithGrace).Started();
        scenario.Pass(TimeSpan.FromMinutes(1));
        Ask(scenario, scenario.First);
        DieWhileRotating(scenario);
        var left = scenario.Second.View!.ExpiresAt - scenario.World.Scheduler.Now;

        scenario.Pass(Grace);

        Assert.True(left > scenario.World.Plan.RefreshBefore + (Grace * 2), $"The access token lives for {left} only: it would be rotated anyway.");
        Assert.Equal((1, 0), (scenario.World.Provider.Provider.Counters.ReusesInGrace, scenario.World.Provider.Provider.Counters.Reuses));
        Assert.Empty(scenario.World.Header!.Attempts);
        Assert.Empty(scenario.Violations);
    }

    private static WorldPlan WithGrace(WorldPlan plan) => plan with { Policy = ReusePolicy.Grace, ReuseGrace = Grace };

    private static void DieWhileRotating(Scenario scenario)
    {
        scenario.Once(scenario.First, "request processed", scenario.World.Chaos.Crash);
        scenario.Until(() => !scenario.First.IsRunning);
    }

    private static void Ask(Scenario scenario, Replica replica) =>
        replica.Process!.Begin(() => _ = replica.Manager!.RotateAsync(WorldState.Credential, force: false, CancellationToken.None));

    private static void LoseAllButTheFirstJournal(Scenario scenario)
    {
        scenario.Pass(TimeSpan.FromSeconds(1));
        scenario.First.End();
        scenario.Second.End();
        scenario.Second.Volume.Lose();
        scenario.World.Ledger.VolumeLost(scenario.Second.Name);
        scenario.World.Store.Server.Wipe();
        scenario.World.Witnesses.StoreForgot();
    }

    /// <summary>A replica that knows nothing puts its seed into the empty store, and dies of it.</summary>
    private static void AdoptAndDie(Scenario scenario, Replica replica)
    {
        replica.Start();
        scenario.Once(replica, "executed adopt", scenario.World.Chaos.Crash);
        scenario.Until(() => !replica.IsRunning);
        Assert.Equal(0, scenario.World.Header!.Generation);
    }
}
