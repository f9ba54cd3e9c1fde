using TokenGateway.Faults.Fleet;

namespace TokenGateway.Faults.Oracle;

/// <summary>When a refresh token may be sent, and when again (docs/rotation.md, "In doubt").</summary>
internal static class ReuseRules
{
    /// <summary>What two clocks of one machine, and the way to the proxy, can differ by.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(20);

    /// <summary>Why this exchange should not have been; null where it may.</summary>
    public static string? Objection(Exchange exchange, string reusePolicy)
    {
        if (exchange.Intent is not { } intent || Clock.Between(intent.SeenAt, exchange.SeenAt) > Timing.LeaseDuration)
        {
            return "it was sent without an intent";
        }

        var own = intent.Record.Attempts[^1];
        if (exchange.SeenOn > own.SendBy + Timing.TokenEndpointTimeout + Tolerance)
        {
            return $"it was sent {(exchange.SeenOn - own.SendBy).TotalSeconds:F2} s after its deadline";
        }

        var earlier = intent.Record.Attempts.SkipLast(1).ToList();
        if (earlier.Count == 0)
        {
            return null;
        }

        var patience = reusePolicy == "RevokesFamily" ? Timing.Patience : TimeSpan.Zero;
        var allowed = earlier.Max(attempt => attempt.SendBy) + Timing.TokenEndpointTimeout + patience;
        return exchange.SeenOn + Tolerance < allowed ? $"it was sent again {(allowed - exchange.SeenOn).TotalSeconds:F2} s too early" : null;
    }

    /// <summary>Why a token that had been granted a successor should not have been sent again; null where it may.</summary>
    public static string? ObjectionToReuse(Exchange again) =>
        again.Intent is { Record.Attempts.Count: < 2 } ? "nothing said that it might be spent" : null;
}
