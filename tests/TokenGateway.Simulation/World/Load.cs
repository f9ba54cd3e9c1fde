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
            process.Begin(() => _ = AskAsync(process, manager));
        }
    });

    private async Task AskAsync(Process process, TokenManager manager)
    {
        var result = await manager.GetTokenAsync(WorldState.Credential, CancellationToken.None);
        world.Totals.Add(result.Token is null ? Count.Refused : Count.Requests);
        if (result.Token is { } token && world.Provider.Provider.Check(token.Reveal()) is null)
        {
            NoteDead(process, token.Reveal());
        }
    }

    /// <summary>A dead token is nobody's fault while the fleet has none better, or the replica has not met the store since it has.</summary>
    private void NoteDead(Process process, string served)
    {
        world.Totals.Add(Count.DeadServed);
        if (world.Record?.AccessToken?.Reveal() is { } known
            && known != served
            && world.Provider.Provider.Check(known) is not null
            && world.Witnesses.MeetingsSince(process, world.Store.RecordSince) >= 2)
        {
            world.Verdicts.Violate($"{process.Name} serves the dead {served} although the store has had {known} for some time");
        }
    }
}
