namespace TokenGateway.Tokens.Rotation;

/// <summary>What a clock that has been set back since, or another machine's wrong one, said of the past: a moment that is still to come forbids nothing, and proves nothing.</summary>
internal static class ClockStep
{
    /// <summary>More than clocks that are kept differ by.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    public static bool IsToCome(DateTimeOffset moment, DateTimeOffset now) => moment - now > Tolerance;
}
