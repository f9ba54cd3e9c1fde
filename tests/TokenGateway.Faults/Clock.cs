namespace TokenGateway.Faults;

/// <summary>Real time: this harness waits for real processes. Timestamps are nanoseconds of the monotonic clock, as in the shim.</summary>
internal static class Clock
{
    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static long Timestamp => TimeProvider.System.GetTimestamp();

    public static TimeSpan Since(long timestamp) => TimeProvider.System.GetElapsedTime(timestamp);

    public static TimeSpan Between(long from, long to) => TimeProvider.System.GetElapsedTime(from, to);

    public static Task Delay(TimeSpan time, CancellationToken cancellationToken = default) => Task.Delay(time, TimeProvider.System, cancellationToken);

    /// <summary>Asks every few milliseconds until the condition holds; false once <paramref name="atMost"/> has passed.</summary>
    public static async Task<bool> UntilAsync(Func<bool> holds, TimeSpan atMost, CancellationToken cancellationToken = default)
    {
        var start = Timestamp;
        while (!holds())
        {
            if (Since(start) > atMost)
            {
                return false;
            }

            await Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
        }

        return true;
    }
}
