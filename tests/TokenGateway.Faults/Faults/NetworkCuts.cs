using TokenGateway.Faults.Fleet;
using TokenGateway.Faults.Network;
using TokenGateway.Faults.Shim;

namespace TokenGateway.Faults.Faults;

/// <summary>Cut networks between every pair of hosts, in one direction or both, and answers that do not arrive.</summary>
internal static class NetworkCuts
{
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        new("cut gateway and Redis", FaultGroup.Cut, stage => GatewayFromRedisAsync(stage, CutDirection.Both, CutMode.Stall)),
        new("cut gateway and Redis, requests only", FaultGroup.Cut, stage => GatewayFromRedisAsync(stage, CutDirection.Forth, CutMode.Stall)),
        new("cut gateway and Redis, answers only", FaultGroup.Cut, stage => GatewayFromRedisAsync(stage, CutDirection.Back, CutMode.Stall)),
        new("reset gateway and Redis", FaultGroup.Cut, stage => GatewayFromRedisAsync(stage, CutDirection.Both, CutMode.Reset)),
        new("cut gateway and Redis while the answer is under way", FaultGroup.Cut, CommitWaitsAsync),
        new("cut gateway and provider", FaultGroup.Cut, stage => GatewayFromProviderAsync(stage, CutDirection.Both, CutMode.Stall)) { Weight = 1 },
        new("reset gateway and provider", FaultGroup.Cut, stage => GatewayFromProviderAsync(stage, CutDirection.Both, CutMode.Reset)),
        new("cut the master from the other servers", FaultGroup.Cut, MasterFromOthersAsync) { NeedsFailover = true, Weight = 3 },
        Answer("lose the provider's answer", Verdict.Drop),
        Answer("cut the provider's answer short", Verdict.Truncate),
        new("journal's disk is full", FaultGroup.Disk, stage => DiskAsync(stage, JournalFault.DiskFull)),
        new("journal's disk fails", FaultGroup.Disk, stage => DiskAsync(stage, JournalFault.DiskFails)),
    ];

    private static async Task<bool> GatewayFromRedisAsync(FaultStage stage, CutDirection direction, CutMode mode)
    {
        if (await stage.ClaimAsync() is not { } gateway)
        {
            return false;
        }

        using (stage.Cut([gateway.Name], stage.Fleet.Redis.Names, direction, mode))
        {
            await CutOffAsync(stage, gateway);
        }

        return true;
    }

    private static async Task<bool> CommitWaitsAsync(FaultStage stage)
    {
        Cut? cut = null;
        var gateway = await stage.TrapAsync(FaultPoint.Answered, (gateway, _) =>
        {
            cut = stage.Cut([gateway.Name], stage.Fleet.Redis.Names, (CutDirection)stage.Random.Next(3), CutMode.Stall);
            return Task.FromResult(Verdict.Pass);
        });
        using (cut)
        {
            if (gateway is not null)
            {
                await CutOffAsync(stage, gateway);
            }
        }

        return gateway is not null;
    }

    private static async Task CutOffAsync(FaultStage stage, Gateway gateway)
    {
        gateway.BeginAbsence(Absence.CutOff);
        await stage.DelayAsync(stage.Between(0.3, 2.5));
        gateway.EndAbsence(Absence.CutOff);
        stage.EndedAt = Clock.Timestamp;
        gateway.Release();
    }

    private static async Task<bool> GatewayFromProviderAsync(FaultStage stage, CutDirection direction, CutMode mode)
    {
        if (await stage.ClaimAsync() is not { } gateway)
        {
            return false;
        }

        using (stage.Cut([gateway.Name], ["provider"], direction, mode))
        {
            await stage.DelayAsync(stage.Between(0.3, 2));
            stage.EndedAt = Clock.Timestamp;
        }

        gateway.Release();
        return true;
    }

    /// <summary>Its gateways still reach it, while the others elect another master.</summary>
    private static Task<bool> MasterFromOthersAsync(FaultStage stage) => stage.WithRedisAsync(
        async master =>
        {
            var others = stage.Fleet.Redis.Names.Where(name => name != master.Name).ToList();
            using (stage.Cut(others, [master.Name], CutDirection.Both, CutMode.Stall))
            using (stage.Cut([master.Name], others, CutDirection.Both, CutMode.Stall))
            {
                await stage.DelayAsync(stage.Between(1, 4.5));
                stage.EndedAt = Clock.Timestamp;
            }
        },
        () => stage.Fleet.Redis.MasterAsync(stage.Random));

    private static FaultKind Answer(string name, Verdict verdict) => new(name, FaultGroup.Cut, stage => AnswerAsync(stage, verdict)) { Weight = 1 };

    private static async Task<bool> AnswerAsync(FaultStage stage, Verdict verdict)
    {
        var gateway = await stage.TrapAsync(FaultPoint.Answered, (_, _) => Task.FromResult(verdict));
        stage.EndedAt = Clock.Timestamp;
        gateway?.Release();
        return gateway is not null;
    }

    private static async Task<bool> DiskAsync(FaultStage stage, JournalFault fault)
    {
        if (await stage.ClaimAsync() is not { } gateway)
        {
            return false;
        }

        stage.Target = gateway.Name;
        gateway.BeginAbsence(Absence.NoDisk);
        gateway.Control.Fault = fault;
        await stage.DelayAsync(stage.Between(2, 5));
        gateway.Control.Fault = JournalFault.None;
        gateway.EndAbsence(Absence.NoDisk);
        stage.EndedAt = Clock.Timestamp;
        gateway.Release();
        return true;
    }
}
