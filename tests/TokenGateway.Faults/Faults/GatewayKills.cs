using TokenGateway.Faults.Fleet;
using TokenGateway.Faults.Network;
using TokenGateway.Faults.Shim;

namespace TokenGateway.Faults.Faults;

/// <summary>SIGKILL of a gateway: at any moment, and at each named moment of a rotation.</summary>
internal static class GatewayKills
{
    private static readonly TimeSpan Observed = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan DeathTime = TimeSpan.FromSeconds(3);

    public static IReadOnlyList<FaultKind> All { get; } =
    [
        new("kill at any moment", FaultGroup.Kill, AnyMomentAsync) { Weight = 6 },
        At("kill before the intent arrives", FaultPoint.IntentSent, Verdict.Drop),
        new("kill after the intent is stored", FaultGroup.Kill, stage => StoredAsync(stage, FaultPoint.IntentSent)),
        At("kill before the POST arrives", FaultPoint.PostSent, Verdict.Drop),
        new("kill while the POST is under way", FaultGroup.Kill, UnderWayAsync),
        At("kill after the provider's work, before its answer arrives", FaultPoint.Answered, Verdict.Drop),
        new("kill as the answer arrives", FaultGroup.Kill, AsItArrivesAsync),
        InJournal("kill before the answer is written to the journal", JournalFault.KillBeforeWrite),
        InJournal("kill before the journal is synced", JournalFault.KillBeforeSync),
        InJournal("kill after the journal is synced", JournalFault.KillAfterSync),
        At("kill before the commit arrives", FaultPoint.CommitSent, Verdict.Drop, maybeLong: true),
        new("kill after the commit is stored, before it is confirmed", FaultGroup.Kill, stage => StoredAsync(stage, FaultPoint.CommitSent)),
        new("kill while Redis is cut off and the commit waits", FaultGroup.Kill, CommitWaitsAsync),
    ];

    private static async Task<bool> AnyMomentAsync(FaultStage stage)
    {
        await stage.DelayAsync(stage.Between(0, 0.5));
        if (await stage.ClaimAsync() is not { } gateway)
        {
            return false;
        }

        stage.Target = gateway.Name;
        await gateway.KillAsync();
        await stage.RestartAsync(gateway, stage.Pause());
        return true;
    }

    private static FaultKind At(string name, FaultPoint point, Verdict verdict, bool maybeLong = false) => new(name, FaultGroup.Kill, async stage =>
    {
        var gateway = await stage.TrapAsync(point, async (gateway, _) =>
        {
            await gateway.KillAsync();
            return verdict;
        });
        return await BackAsync(stage, gateway, maybeLong);
    });

    private static async Task<bool> UnderWayAsync(FaultStage stage)
    {
        var wait = Timing.ProviderLatency * stage.Random.NextDouble();
        var gateway = await stage.TrapAsync(FaultPoint.PostArrived, async (gateway, _) =>
        {
            await stage.DelayAsync(wait);
            await gateway.KillAsync();
            return Verdict.Pass;
        });
        return await BackAsync(stage, gateway);
    }

    private static async Task<bool> AsItArrivesAsync(FaultStage stage)
    {
        var spins = stage.Random.Next(4000);
        var gateway = await stage.TrapAsync(FaultPoint.AnswerArrived, async (gateway, _) =>
        {
            Thread.SpinWait(spins); // Anywhere within the first milliseconds.
            await gateway.KillAsync();
            return Verdict.Pass;
        });
        return await BackAsync(stage, gateway, maybeLong: true);
    }

    /// <summary>The shim kills it from within, once it has been told that the answer is on its way.</summary>
    private static FaultKind InJournal(string name, JournalFault fault) => new(name, FaultGroup.Kill, async stage =>
    {
        var gateway = await stage.TrapAsync(FaultPoint.Answered, (gateway, _) =>
        {
            gateway.Control.Fault = fault;
            return Task.FromResult(Verdict.Pass);
        });
        if (gateway is null || await gateway.DiesAsync(DeathTime))
        {
            return await BackAsync(stage, gateway, maybeLong: fault == JournalFault.KillAfterSync);
        }

        gateway.Control.Fault = JournalFault.None;
        gateway.Release();
        return false;
    });

    private static async Task<bool> StoredAsync(FaultStage stage, FaultPoint point)
    {
        Task? killed = null;
        var gateway = await stage.TrapAsync(point, (gateway, hit) =>
        {
            hit.Link.HoldsAnswers = true;
            killed = KillOnceStoredAsync(gateway, hit);
            return Task.FromResult(Verdict.Pass);
        });
        await (killed ?? Task.CompletedTask);
        return await BackAsync(stage, gateway, maybeLong: true);
    }

    private static async Task KillOnceStoredAsync(Gateway gateway, Hit hit)
    {
        await Clock.UntilAsync(hit.Stored!, Observed);
        await gateway.KillAsync();
        hit.Link.Abort();
    }

    private static async Task<bool> CommitWaitsAsync(FaultStage stage)
    {
        Cut? cut = null;
        var gateway = await stage.TrapAsync(FaultPoint.Answered, (gateway, _) =>
        {
            cut = stage.Cut([gateway.Name], stage.Fleet.Redis.Names, CutDirection.Both, stage.Random.Next(2) == 0 ? CutMode.Stall : CutMode.Reset);
            return Task.FromResult(Verdict.Pass);
        });
        using (cut)
        {
            if (gateway is not null)
            {
                gateway.BeginAbsence(Absence.CutOff);
                await stage.DelayAsync(stage.Between(0.1, 1));
                await gateway.KillAsync();
                stage.Fleet.Network.Forget(gateway.Name);
                gateway.EndAbsence(Absence.CutOff);
            }
        }

        return await BackAsync(stage, gateway);
    }

    private static async Task<bool> BackAsync(FaultStage stage, Gateway? gateway, bool maybeLong = false)
    {
        if (gateway is null)
        {
            return false;
        }

        await stage.RestartAsync(gateway, stage.Pause(maybeLong));
        return true;
    }
}
