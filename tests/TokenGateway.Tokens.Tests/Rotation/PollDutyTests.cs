namespace TokenGateway.Tokens.Tests.Rotation;

public sealed class PollDutyTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(11);
    private static readonly TimeSpan Grid = TimeSpan.FromMilliseconds(250);

    [Fact]
    public async Task The_next_poll_falls_on_a_grid_that_all_credentials_share_and_never_before_the_interval_has_passed()
    {
        var time = new WatchedTime();
        var poll = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        time.Waits += wait => (wait >= Interval && wait < Interval + Grid ? poll : new()).TrySetResult(wait); // Nothing but a poll is waited for about that long.
        time.Advance(TimeSpan.FromMilliseconds(137)); // Beside the grid, on which that clock begins.
        await using var fleet = await Fleet.StartAsync(time: time);
        fleet.Store = fleet.Store with { PollInterval = Interval };
        await fleet.AddReplicaAsync();

        var wait = await poll.Task.WaitAsync(Fleet.Bound, TimeProvider.System);

        Assert.Equal(113, (wait - Interval).TotalMilliseconds, tolerance: 0.1); // The time since the year 1, as this clock counts, is rounded.
    }
}
