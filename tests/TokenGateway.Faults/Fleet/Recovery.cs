namespace TokenGateway.Faults.Fleet;

/// <summary>Waits until a fleet is well again.</summary>
internal static class Recovery
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    /// <summary>Every gateway ready and healthy, every server in its place.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="doubtsBefore">Attempts that the store held by then must have come to an end, too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where it is hopeless.</returns>
    public static async Task<Recovered?> WaitAsync(GatewayFleet fleet, long doubtsBefore, CancellationToken cancellationToken)
    {
        var start = Clock.Timestamp;
        long? healthyAt = null;
        var sawDoubt = false;
        IReadOnlyList<string> ailments = [];
        while (Clock.Since(start) < Timing.Hopeless)
        {
            ailments = await AilmentsAsync(fleet, cancellationToken);
            sawDoubt |= ailments.Any(ailment => ailment.Contains(" in_doubt", StringComparison.Ordinal) || ailment.Contains(" reauthorization_required", StringComparison.Ordinal));
            healthyAt = ailments.Count > 0 || fleet.Ledger.HasOpen(doubtsBefore) ? null : healthyAt ?? Clock.Timestamp;
            if (healthyAt is { } at && await fleet.Redis.IsWholeAsync())
            {
                return new Recovered(at, sawDoubt);
            }

            await Clock.Delay(Between, cancellationToken);
        }

        var what = ailments.Count == 0 ? "Redis is not whole, or a doubt stays" : string.Join("; ", ailments);
        fleet.Judge.Violation($"the fleet did not recover within {Timing.Hopeless.TotalSeconds} s: {what}");
        return null;
    }

    private static async Task<IReadOnlyList<string>> AilmentsAsync(GatewayFleet fleet, CancellationToken cancellationToken)
    {
        var all = await Task.WhenAll(fleet.Gateways.Select(async gateway =>
            (await gateway.AilmentsAsync(cancellationToken)).Select(ailment => $"{gateway.Name} {ailment}")));
        return [.. all.SelectMany(ailments => ailments)];
    }
}

/// <param name="HealthyAt">When every gateway was ready and healthy, by a timestamp of the monotonic clock; servers may have taken longer.</param>
/// <param name="SawDoubt">Whether one of them told of a refresh token in doubt, or refused, meanwhile.</param>
internal sealed record Recovered(long HealthyAt, bool SawDoubt);
