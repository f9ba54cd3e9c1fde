using TokenGateway.Faults.Redis;

namespace TokenGateway.Faults.Faults;

/// <summary>SIGKILL of a server, which comes back with what it had on disk.</summary>
internal static class RedisKills
{
    public static IReadOnlyList<FaultKind> All { get; } =
    [
        new("kill Redis and restart it at once", FaultGroup.RedisKill, stage => KillMasterAsync(stage, TimeSpan.Zero)),
        new("kill Redis and restart it later", FaultGroup.RedisKill, stage => KillMasterAsync(stage, stage.Between(0.2, 1.5))),
        new("kill Redis as the intent is written", FaultGroup.RedisKill, stage => KillAtAsync(stage, FaultPoint.IntentSent)),
        new("kill Redis as the commit is written", FaultGroup.RedisKill, stage => KillAtAsync(stage, FaultPoint.CommitSent)),
        new("kill the master and fail over", FaultGroup.RedisKill, stage => KillMasterAsync(stage, stage.Between(3, 4.5))) { NeedsFailover = true },
        new("kill a replica", FaultGroup.RedisKill, KillReplicaAsync) { NeedsFailover = true, Weight = 1 },
    ];

    private static Task<bool> KillMasterAsync(FaultStage stage, TimeSpan pause) =>
        stage.WithRedisAsync(node => KillAsync(stage, node, pause), () => stage.Fleet.Redis.MasterAsync(stage.Random));

    private static Task<bool> KillReplicaAsync(FaultStage stage) =>
        stage.WithRedisAsync(node => KillAsync(stage, node, stage.Between(0, 3)), async () =>
        {
            foreach (var node in stage.Fleet.Redis.Nodes.OrderBy(_ => stage.Random.Next()))
            {
                if (!await node.IsMasterAsync())
                {
                    return node;
                }
            }

            return null;
        });

    /// <summary>The write may be executed or not, be on disk or not, and its answer arrive or not.</summary>
    private static Task<bool> KillAtAsync(FaultStage stage, FaultPoint point)
    {
        var (spins, pause) = (stage.Random.Next(3000), stage.Between(0, 1));
        RedisNode? target = null;
        return stage.WithRedisAsync(node => KillAsync(stage, node, pause), async () =>
        {
            var gateway = await stage.TrapAsync(point, (gateway, hit) =>
            {
                target = stage.Fleet.Redis.Nodes.First(node => node.Name == hit.Link.Target);
                gateway.Release();
                return Task.FromResult(Verdict.Pass);
            });
            Thread.SpinWait(spins);
            return gateway is null ? null : target;
        });
    }

    private static async Task KillAsync(FaultStage stage, RedisNode node, TimeSpan pause)
    {
        stage.Fleet.Log.Write($"kill {node.Name}");
        await node.KillAsync();
        await stage.DelayAsync(pause);
        stage.EndedAt = Clock.Timestamp;
        await node.StartAsync();
        stage.Fleet.Log.Write($"{node.Name} is back");
    }
}
