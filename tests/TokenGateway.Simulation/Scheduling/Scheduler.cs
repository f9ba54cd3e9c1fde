namespace TokenGateway.Simulation.Scheduling;

/// <summary>
/// One world's clock, and its only thread. What is ready runs in an order that the seed chooses; when nothing is ready, time jumps to the next event.
/// </summary>
internal sealed class Scheduler(SeededRandom random, Trace trace)
{
    private static readonly DateTimeOffset Epoch = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<(Process? Owner, Action Action), (long At, long Order)> _events = new();
    private readonly List<Step> _ready = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _order;

    /// <summary>Virtual time since the world began, in ticks.</summary>
    public long Ticks { get; private set; }

    public DateTimeOffset Now => Epoch.AddTicks(Ticks);

    /// <summary>Steps run so far.</summary>
    public long Steps { get; private set; }

    public Trace Trace => trace;

    /// <summary>Called before each step of a process; it may crash or pause it.</summary>
    public Action<Process>? BeforeStep { get; set; }

    public void Note(string who, string what) => trace.Add(Ticks, who, what);

    /// <summary>Something of the world itself happens after <paramref name="delay"/>.</summary>
    public void After(TimeSpan delay, Action action) => Enqueue(delay, null, action);

    /// <summary>Something reaches a process after <paramref name="delay"/>, if that process still lives; a paused one meets it when it wakes.</summary>
    public void After(TimeSpan delay, Process owner, Action action) => Enqueue(delay, owner, action);

    public void Ready(Step step)
    {
        GuardThread();
        _ready.Add(step);
    }

    /// <summary>Takes the steps of a process that is paused or dead out of the queue.</summary>
    public List<Step> Withdraw(Process owner)
    {
        var taken = _ready.FindAll(step => step.Owner == owner);
        _ready.RemoveAll(step => step.Owner == owner);
        return taken;
    }

    /// <summary>Runs until <paramref name="finished"/> says so.</summary>
    public void Run(Func<bool> finished)
    {
        GuardThread();
        while (!finished())
        {
            if (_ready.Count > 0)
            {
                RunOne(Take());
            }
            else if (_events.TryDequeue(out var next, out var when))
            {
                Ticks = Math.Max(Ticks, when.At);
                Dispatch(next.Owner, next.Action);
            }
            else
            {
                throw new InvalidOperationException("Nothing is left to happen.");
            }
        }
    }

    /// <summary>Everything belongs to one thread. What comes from another has left the simulation's sight, and the run can no longer be repeated.</summary>
    public void GuardThread()
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            Environment.FailFast($"A continuation escaped from the simulation to another thread:\n{Environment.StackTrace}");
        }
    }

    private void Enqueue(TimeSpan delay, Process? owner, Action action)
    {
        GuardThread();
        _events.Enqueue((owner, action), (Ticks + Math.Max(0, delay.Ticks), _order++));
    }

    private void Dispatch(Process? owner, Action action)
    {
        if (owner is null)
        {
            Steps++;
            action();
        }
        else
        {
            owner.Receive(action);
        }
    }

    private Step Take()
    {
        var index = random.Below(_ready.Count);
        var step = _ready[index];
        _ready[index] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        return step;
    }

    private void RunOne(Step step)
    {
        Steps++;
        BeforeStep?.Invoke(step.Owner);
        if (step.Owner.State == ProcessState.Running)
        {
            step.Run();
        }
        else
        {
            step.Owner.Keep(step);
        }
    }
}
