using TokenGateway.Faults.Fleet;
using TokenGateway.Faults.Network;
using TokenGateway.Faults.Redis;

namespace TokenGateway.Faults.Faults;

/// <summary>What a fault works with: a fleet, its own dice, and the steps that faults have in common.</summary>
internal sealed class FaultStage(GatewayFleet fleet, Random random, SemaphoreSlim redisTurn, CancellationToken cancellationToken)
{
    /// <summary>How long a fault waits for a rotation to come by; every credential rotates every three seconds.</summary>
    private static readonly TimeSpan TrapTime = TimeSpan.FromSeconds(10);

    public GatewayFleet Fleet => fleet;

    public Random Random => random;

    /// <summary>When the cause was over, by a timestamp of the monotonic clock: from then on it counts as recovering.</summary>
    public long EndedAt { get; set; } = Clock.Timestamp;

    /// <summary>Whom it met, for the log.</summary>
    public string Target { get; set; } = "";

    public TimeSpan Between(double least, double most) => TimeSpan.FromSeconds(least + (random.NextDouble() * (most - least)));

    public Task DelayAsync(TimeSpan time) => Clock.Delay(time, cancellationToken);

    /// <summary>A gateway that no other fault has.</summary>
    public async Task<Gateway?> ClaimAsync()
    {
        var order = fleet.Gateways.OrderBy(_ => random.Next()).ToList();
        Gateway? claimed = null;
        return await Clock.UntilAsync(() => (claimed = order.Find(gateway => gateway.IsRunning && gateway.TryClaim())) is not null, TrapTime, cancellationToken) ? claimed : null;
    }

    /// <summary>Lets <paramref name="act"/> happen when a rotation of a gateway that no other fault has comes to <paramref name="point"/>.</summary>
    /// <returns>That gateway, claimed; null where nobody came by.</returns>
    public async Task<Gateway?> TrapAsync(FaultPoint point, Func<Gateway, Hit, Task<Verdict>> act)
    {
        Gateway? met = null;
        bool Wants(string name)
        {
            var gateway = fleet.Gateways.Find(gateway => gateway.Name == name);
            met = gateway is { IsRunning: true } && gateway.TryClaim() ? gateway : null;
            return met is not null;
        }

        var sprung = await fleet.Points.TrapAsync(
            point,
            Wants,
            hit =>
            {
                Target = $"{hit.Gateway}, {hit.What}";
                fleet.Log.Write($"{point}: {Target}");
                return act(met!, hit);
            },
            TrapTime,
            cancellationToken);
        return sprung ? met : null;
    }

    /// <summary>Starts a killed gateway again after a while, with the folder it had.</summary>
    public async Task RestartAsync(Gateway gateway, TimeSpan pause)
    {
        await DelayAsync(pause);
        if (fleet.Options.LosesJournals)
        {
            Directory.Delete(gateway.Journal, recursive: true);
            Directory.CreateDirectory(gateway.Journal);
        }

        EndedAt = Clock.Timestamp;
        await gateway.StartAsync();
        gateway.Release();
        fleet.Log.Write($"{gateway.Name} is back");
    }

    /// <summary>Mostly short; sometimes longer than the patience, so that a peer goes ahead.</summary>
    public TimeSpan Pause(bool maybeLong = false) =>
        maybeLong && random.Next(6) == 0 ? Timing.LeaseDuration + Timing.Patience + Between(1, 4) : Between(0, 1.2);

    public Cut Cut(IEnumerable<string> sources, IEnumerable<string> targets, CutDirection direction, CutMode mode)
    {
        var (from, to) = (sources.ToHashSet(StringComparer.Ordinal), targets.ToHashSet(StringComparer.Ordinal));
        Target = $"{string.Join('+', from)} to {string.Join('+', to)}, {direction}, {mode}";
        fleet.Log.Write($"cut {Target}");
        return fleet.Network.Cut(from, to, direction, mode);
    }

    private async Task<bool> IsWholeInTimeAsync()
    {
        var start = Clock.Timestamp;
        while (Clock.Since(start) < Timing.Hopeless)
        {
            if (await fleet.Redis.IsWholeAsync())
            {
                return true;
            }

            await DelayAsync(TimeSpan.FromMilliseconds(100));
        }

        fleet.Judge.Violation($"Redis was not whole again within {Timing.Hopeless.TotalSeconds} s");
        return false;
    }

    /// <summary>One fault at a time breaks Redis: two at once are an outage, which is another test.</summary>
    public async Task<bool> WithRedisAsync(Func<RedisNode, Task> act, Func<Task<RedisNode?>> choose)
    {
        await redisTurn.WaitAsync(cancellationToken);
        try
        {
            if (!await IsWholeInTimeAsync() || await choose() is not { } node)
            {
                return false;
            }

            Target = node.Name;
            await act(node);
            return true;
        }
        finally
        {
            redisTurn.Release();
        }
    }
}
