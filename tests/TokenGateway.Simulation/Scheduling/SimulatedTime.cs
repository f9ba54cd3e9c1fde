namespace TokenGateway.Simulation.Scheduling;

/// <summary>A process's clocks: a wall clock that may be wrong and may be set, a monotonic one that may sleep, and timers on it.</summary>
internal sealed class SimulatedTime(Scheduler scheduler, Process process, WallClock wall) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => scheduler.Now + wall.Skew;

    public override long GetTimestamp() => process.MonotonicTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        scheduler.GuardThread();
        var timer = new SimulatedTimer(scheduler, process, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }
}

/// <summary>How wrong a machine's time of day is; it outlives the processes on it.</summary>
internal sealed class WallClock
{
    public TimeSpan Skew { get; set; }
}
