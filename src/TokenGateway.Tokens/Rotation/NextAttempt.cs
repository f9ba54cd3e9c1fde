namespace TokenGateway.Tokens.Rotation;

/// <summary>When this process next does something for a token: the rotation that is planned, or the moment at which another pair comes into use instead.</summary>
internal sealed class NextAttempt(RotationPlan plan, FallbackDuty fallback)
{
    private static readonly TimeSpan FarAway = TimeSpan.FromDays(36500);

    /// <summary>The shortest of some delays.</summary>
    public static TimeSpan Earliest(params ReadOnlySpan<TimeSpan> delays)
    {
        var earliest = delays[0];
        foreach (var delay in delays)
        {
            earliest = delay < earliest ? delay : earliest;
        }

        return earliest;
    }

    /// <summary>How long until then; zero or less where it is due; <see cref="TimeSpan.MaxValue"/> where nothing is planned.</summary>
    public TimeSpan Delay() => Earliest(fallback.NeededIn(), fallback.TakesOver ? TimeSpan.MaxValue : plan.Delay());

    /// <summary>The moment, for people; null where nothing is planned.</summary>
    public DateTimeOffset? At(DateTimeOffset now) => Delay() switch
    {
        var delay when delay > FarAway => null,
        var delay when delay < TimeSpan.Zero => now,
        var delay => now + delay,
    };
}
