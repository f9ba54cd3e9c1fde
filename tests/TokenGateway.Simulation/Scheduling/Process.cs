namespace TokenGateway.Simulation.Scheduling;

/// <summary>
/// One life of one replica, from start to crash. A dead one does nothing any more: its continuations, timers and arrivals are dropped. A paused one
/// keeps them for later.
/// </summary>
internal sealed class Process
{
    private readonly Scheduler _scheduler;
    private readonly List<Step> _kept = [];
    private TimeSpan _suspended;
    private long _pausedUntil;

    public Process(Scheduler scheduler, string name)
    {
        _scheduler = scheduler;
        Name = name;
        StartedAt = scheduler.Ticks;
        Context = new ProcessContext(this);
    }

    public string Name { get; }

    public long StartedAt { get; }

    public ProcessState State { get; private set; }

    public ProcessContext Context { get; }

    /// <summary>Virtual time without what a suspended machine did not count.</summary>
    public long MonotonicTicks => _scheduler.Ticks - _suspended.Ticks;

    /// <summary>Begins something as the process's own code.</summary>
    public void Begin(Action action) => Post(new Step(this, Context, static state => ((Action)state!)(), action));

    public void Receive(Action action) => Post(new Step(this, null, static state => ((Action)state!)(), action));

    public void Post(Step step)
    {
        if (State == ProcessState.Running)
        {
            _scheduler.Ready(step);
        }
        else
        {
            Keep(step);
        }
    }

    public void Keep(Step step)
    {
        if (State == ProcessState.Paused)
        {
            _kept.Add(step);
        }
    }

    /// <summary>SIGKILL.</summary>
    public void Crash()
    {
        if (State != ProcessState.Dead)
        {
            State = ProcessState.Dead;
            _kept.Clear();
            _scheduler.Withdraw(this);
        }
    }

    /// <summary>SIGSTOP for a while; or, with <paramref name="suspended"/>, a machine that sleeps, whose monotonic clock stands still.</summary>
    public void Pause(TimeSpan duration, bool suspended = false)
    {
        if (State != ProcessState.Running)
        {
            return;
        }

        State = ProcessState.Paused;
        _kept.AddRange(_scheduler.Withdraw(this));
        _pausedUntil = _scheduler.Ticks + duration.Ticks;
        _scheduler.After(duration, () => Wake(suspended ? duration : TimeSpan.Zero));
    }

    private void Wake(TimeSpan notCounted)
    {
        if (State != ProcessState.Paused || _scheduler.Ticks < _pausedUntil)
        {
            return;
        }

        _suspended += notCounted;
        State = ProcessState.Running;
        _scheduler.Note(Name, "wakes");
        foreach (var step in _kept)
        {
            _scheduler.Ready(step);
        }

        _kept.Clear();
    }
}

internal enum ProcessState
{
    Running,
    Paused,
    Dead,
}
