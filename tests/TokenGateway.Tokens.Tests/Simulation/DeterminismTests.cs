using TokenGateway.Simulation.World;

namespace TokenGateway.Tokens.Tests.Simulation;

public sealed class DeterminismTests
{
    [Fact]
    public void The_same_seed_gives_the_same_trace_and_another_seed_another()
    {
        var first = WorldRun.Run(WorldPlan.Draw(7, 10, Mechanism.None));
        var again = WorldRun.Run(WorldPlan.Draw(7, 10, Mechanism.None));
        var other = WorldRun.Run(WorldPlan.Draw(8, 10, Mechanism.None));

        Assert.Equal(first.Hash, again.Hash);
        Assert.Equal(first.Steps, again.Steps);
        Assert.NotEqual(first.Hash, other.Hash);
    }
}
