namespace TokenGateway.Simulation.Scheduling;

/// <summary>A timer on a process's monotonic clock.</summary>
internal sealed class SimulatedTimer(Scheduler scheduler, Process process, TimerCallback callback, object? state) : ITimer
{
    private int _setting;
    private long _dueAt;
    private TimeSpan _period;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        scheduler.GuardThread();
        _setting++;
        _period = period;
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            _dueAt = process.MonotonicTicks + dueTime.Ticks;
            Schedule(_setting);
        }

        return true;
    }

    public void Dispose() => _setting++;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Schedule(int setting) =>
        scheduler.After(TimeSpan.FromTicks(_dueAt - process.MonotonicTicks), process, () => Fire(setting));

    private void Fire(int setting)
    {
        if (setting != _setting)
        {
            return;
        }

        if (process.MonotonicTicks < _dueAt)
        {
            Schedule(setting); // The machine slept meanwhile.
            return;
        }

        if (_period != Timeout.InfiniteTimeSpan && _period > TimeSpan.Zero)
        {
            _dueAt += _period.Ticks;
            Schedule(setting);
        }

        callback(state);
    }
}
