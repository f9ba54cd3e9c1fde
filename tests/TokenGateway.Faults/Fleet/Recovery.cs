namespace TokenGateway.Faults.Fleet;

/// <summary>Waits until a fleet is well again.</summary>
internal static class Recovery
{
    /// <summary>A new seed is noticed within 10 s.</summary>
    private static readonly TimeSpan ReseedTime = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    /// <summary>Every gateway ready and healthy.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="doubtsBefore">Attempts that the store held by then must have come to an end, and every server be in its place; null: neither is waited for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where it is hopeless.</returns>
    public static async Task<Recovered?> WaitAsync(GatewayFleet fleet, long? doubtsBefore, CancellationToken cancellationToken)
    {
        var start = Clock.Timestamp;
        long? healthyAt = null;
        var sawDoubt = false;
        var givenUp = new Dictionary<string, long>(StringComparer.Ordinal);
        IReadOnlyList<string> ailments = [];
        while (Clock.Since(start) < Timing.Hopeless)
        {
            ailments = await AilmentsAsync(fleet, cancellationToken);
            sawDoubt |= ailments.Any(ailment => ailment.Contains(" in_doubt", StringComparison.Ordinal) || ailment.Contains(" reauthorization_required", StringComparison.Ordinal));
            NoteGivenUp(fleet, ailments, givenUp);
            healthyAt = ailments.Count > 0 || (doubtsBefore is { } moment && fleet.Ledger.HasOpen(moment)) ? null : healthyAt ?? Clock.Timestamp;
            if (healthyAt is { } at && (doubtsBefore is null || await fleet.Redis.IsWholeAsync()))
            {
                return new Recovered(at, sawDoubt);
            }

            await Clock.Delay(Between, cancellationToken);
        }

        var what = ailments.Count == 0 ? "Redis is not whole, or a doubt stays" : string.Join("; ", ailments);
        fleet.Judge.Violation($"the fleet did not recover within {Timing.Hopeless.TotalSeconds} s: {what}");
        return null;
    }

    /// <summary>A lost family is reseeded at once; a credential that asks for a new login all the same has been given up without need.</summary>
    private static void NoteGivenUp(GatewayFleet fleet, IReadOnlyList<string> ailments, Dictionary<string, long> givenUp)
    {
        foreach (var credential in fleet.Operator.Credentials)
        {
            if (!ailments.Any(ailment => ailment.Contains($" {credential} reauthorization_required", StringComparison.Ordinal)))
            {
                givenUp.Remove(credential);
            }
            else if (!givenUp.TryAdd(credential, Clock.Timestamp) && Clock.Since(givenUp[credential]) > ReseedTime)
            {
                fleet.Judge.Abandoned(credential);
                givenUp.Remove(credential);
            }
        }
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
