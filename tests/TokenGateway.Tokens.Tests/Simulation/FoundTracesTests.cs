using TokenGateway.Simulation.World;

namespace TokenGateway.Tokens.Tests.Simulation;

/// <summary>Traces that the simulation found, each of which once cost a token, in as few steps as it takes.</summary>
public sealed class FoundTracesTests
{
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
}
