using TokenGateway.Faults.Fleet;

namespace TokenGateway.Faults.Faults;

/// <summary>SIGSTOP of a gateway for longer than its lease, as a suspended or starved machine; then SIGCONT.</summary>
internal static class GatewayStops
{
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        new("stop at any moment", FaultGroup.Stop, AnyMomentAsync) { Weight = 4 },
        At("stop before the intent arrives", FaultPoint.IntentSent),
        At("stop before the POST arrives", FaultPoint.PostSent),
        At("stop before the commit arrives", FaultPoint.CommitSent),
    ];

    private static async Task<bool> AnyMomentAsync(FaultStage stage)
    {
        await stage.DelayAsync(stage.Between(0, 0.5));
        if (await stage.ClaimAsync() is not { } gateway)
        {
            return false;
        }

        stage.Target = gateway.Name;
        gateway.Suspend();
        await ContinueAsync(stage, gateway);
        return true;
    }

    private static FaultKind At(string name, FaultPoint point) => new(name, FaultGroup.Stop, async stage =>
    {
        var gateway = await stage.TrapAsync(point, (gateway, _) =>
        {
            gateway.Suspend();
            return Task.FromResult(Verdict.Pass);
        });
        if (gateway is null)
        {
            return false;
        }

        await ContinueAsync(stage, gateway);
        return true;
    });

    private static async Task ContinueAsync(FaultStage stage, Gateway gateway)
    {
        await stage.DelayAsync(Timing.LeaseDuration + stage.Between(0.2, 1.5));
        stage.EndedAt = Clock.Timestamp;
        gateway.Resume();
        gateway.Release();
        stage.Fleet.Log.Write($"{gateway.Name} goes on");
    }
}
