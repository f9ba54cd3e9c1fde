using TokenGateway.Simulation.Scheduling;
using TokenGateway.Simulation.World;

namespace TokenGateway.Tokens.Tests.Simulation;

/// <summary>
/// What each mechanism of the protocol is good for: a scenario that ends well, or with a loss that nobody can prevent, and in which the oracle finds the engine guilty
/// once that mechanism is taken out.
/// </summary>
public sealed class MutantTests
{
    [Fact]
    public void Without_the_intent_a_peer_spends_the_refresh_token_of_an_owner_that_died_while_sending() => ShowsNeed(Mechanism.Intent, without =>
    {
        using var scenario = new Scenario(without).Started();
        RotateFirst(scenario, "request processed", Kill(scenario));
        scenario.Pass(TimeSpan.FromMinutes(6));
        return scenario.Violations;
    });

    [Fact]
    public void Without_the_deadline_an_owner_that_stood_still_sends_what_a_peer_has_spent_meanwhile() => ShowsNeed(Mechanism.Deadline, without =>
    {
        using var scenario = new Scenario(without).Started();
        RotateFirst(scenario, "answered intent", process => process.Pause(TimeSpan.FromMinutes(2)));
        scenario.Pass(TimeSpan.FromMinutes(6));
        return scenario.Violations;
    });

    [Fact]
    public void Without_patience_a_peer_sends_again_what_the_owner_has_in_its_hands() => ShowsNeed(Mechanism.Patience, without =>
    {
        using var scenario = new Scenario(without).Started();
        RotateFirst(scenario, "request processed", process => process.Pause(TimeSpan.FromSeconds(50)));
        scenario.Pass(TimeSpan.FromMinutes(6));
        return scenario.Violations;
    });

    [Fact]
    public void Without_the_journal_a_pair_dies_with_the_process_that_was_about_to_commit_it() => ShowsNeed(Mechanism.Journal, without =>
    {
        using var scenario = new Scenario(without).Started();
        RotateFirst(scenario, "before commit", process =>
        {
            scenario.World.Chaos.Crash(process);
            scenario.World.Scheduler.After(TimeSpan.FromSeconds(5), scenario.First.Start);
        });
        scenario.Pass(TimeSpan.FromMinutes(6));
        return scenario.Violations;
    });

    [Fact]
    public void Without_waiting_for_the_replica_a_failover_forgets_the_intent() => ShowsNeed(Mechanism.Wait, without =>
    {
        using var scenario = new Scenario(without).Started();
        scenario.Script.LosesAnnouncement = process => process == scenario.Second.Process;
        RotateFirst(scenario, "request processed", process =>
        {
            scenario.World.Store.Server.FailOver(_ => 0);
            scenario.World.Chaos.Crash(process);
        });
        scenario.Pass(TimeSpan.FromMinutes(6));
        return scenario.Violations;
    });

    [Fact]
    public void Without_healing_a_store_that_went_back_brings_a_spent_refresh_token_back() => ShowsNeed(Mechanism.HealForward, without =>
    {
        using var scenario = new Scenario(without).Started();
        scenario.World.Store.Server.Save();
        scenario.Until(() => scenario.First.View?.Record is { Generation: 2 } && scenario.Second.View?.Record is { Generation: 2 });
        scenario.Pass(TimeSpan.FromSeconds(5));
        scenario.World.Store.Server.Restore();
        scenario.Pass(TimeSpan.FromMinutes(6));
        return scenario.Violations;
    });

    [Fact]
    public void Without_the_fence_a_write_goes_through_that_an_older_acquisition_guards() => ShowsNeed(Mechanism.Fence, without =>
    {
        using var scenario = new Scenario(without, plan => plan with { Replicas = 1 });
        scenario.LogIn();
        scenario.First.Start();
        scenario.Until(() => scenario.First.View?.Record is { Generation: 1 });
        var (acquisitions, intents) = (0, 0);
        scenario.Script.HoldsStoreCall = (_, call) => (call == "acquire" && ++acquisitions == 1) || (call == "intent" && ++intents == 1);
        scenario.Script.At = (_, spot) =>
        {
            if (spot == "executed release" && scenario.Script.Held.Count == 2)
            {
                scenario.Script.ExecuteHeld();
            }
        };
        scenario.Pass(TimeSpan.FromMinutes(6));
        return scenario.Violations;
    });

    [Fact]
    public void Without_the_memory_of_adopted_seeds_a_redeployment_sends_a_spent_seed() => ShowsNeed(Mechanism.AdoptedSeeds, without =>
    {
        using var scenario = new Scenario(without).Started();
        var first = scenario.First.Seed;
        scenario.LogIn();
        scenario.First.Start();
        scenario.Second.Start();
        scenario.Until(() => scenario.First.View?.Record is { Generation: > 0 } && scenario.World.Ledger.Rotations >= 2);
        scenario.First.Seed = first;
        scenario.First.Start();
        scenario.Pass(TimeSpan.FromMinutes(6));
        return scenario.Violations;
    });

    [Fact]
    public void Without_reloading_under_the_lease_a_replica_sends_what_a_peer_has_spent_without_its_knowledge() => ShowsNeed(Mechanism.ReloadUnderLease, without =>
    {
        using var scenario = new Scenario(without, plan => plan with { PollInterval = TimeSpan.FromHours(1), Store = StoreShape.Durable }).Started();
        scenario.Script.LosesAnnouncement = process => process == scenario.Second.Process;
        RotateFirst(scenario, "answered commit", _ => { });
        scenario.Pass(TimeSpan.FromMinutes(6));
        return scenario.Violations;
    });

    /// <summary>Lets the first replica be the one that rotates when the access token is about to die, and something happen when it reaches a spot.</summary>
    private static void RotateFirst(Scenario scenario, string spot, Action<Process> then)
    {
        scenario.Until(() => scenario.First.View!.ExpiresAt - scenario.World.Scheduler.Now < TimeSpan.FromSeconds(25));
        scenario.Second.Process!.Pause(TimeSpan.FromSeconds(10));
        var reached = false;
        scenario.Once(scenario.First, spot, process =>
        {
            reached = true;
            then(process);
        });
        scenario.Until(() => reached);
    }

    private static Action<Process> Kill(Scenario scenario) => process => scenario.World.Chaos.Crash(process);

    private static void ShowsNeed(Mechanism mechanism, Func<Mechanism, IReadOnlyList<string>> violationsOf)
    {
        Assert.Empty(violationsOf(Mechanism.None));
        Assert.NotEmpty(violationsOf(mechanism));
    }
}
