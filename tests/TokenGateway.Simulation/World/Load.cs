using TokenGateway.Simulation.Scheduling;
using TokenGateway.Tokens;

namespace TokenGateway.Simulation.World;

/// <summary>Requests that want a token, on every replica.</summary>
internal sealed class Load(WorldState world)
{
    private readonly SeededRandom _random = world.Random.Fork();

    public void Begin()
    {
        foreach (var replica in world.Replicas)
        {
            Next(replica);
        }
    }

    private void Next(Replica replica) => world.Scheduler.After(_random.Exponential(world.Plan.Lifetime / 5), () =>
    {
        Next(replica);
        if (replica is { IsRunning: true, Manager: { } manager, Process: { } process })
        {
            process.Begin(() => _ = AskAsync(manager));
        }
    });

    private async Task AskAsync(TokenManager manager)
    {
        var result = await manager.GetTokenAsync(WorldState.Credential, CancellationToken.None);
        world.Totals.Add(result.Token is null ? Count.Refused : Count.Requests);
    }
}
