namespace TokenGateway.Simulator.OAuth;

/// <summary>What happened at the provider, in order: the last 10,000 events. It holds no token values. Thread safe.</summary>
public sealed class EventLog
{
    private const int Capacity = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<SimulatorEvent> _events = new();
    private readonly List<Waiter> _waiters = [];
    private readonly TimeProvider _time;

    internal EventLog(TimeProvider time) => _time = time;

    /// <summary>Raised for every event, in order and while the provider waits: a handler must be quick, and not call it.</summary>
    public event Action<SimulatorEvent>? Happened;

    /// <summary>The events so far, oldest first.</summary>
    public IReadOnlyList<SimulatorEvent> ToList()
    {
        lock (_gate)
        {
            return [.. _events];
        }
    }

    /// <summary>Waits for an event that matches; one that is in the log already will do.</summary>
    public Task<SimulatorEvent> WaitAsync(Func<SimulatorEvent, bool> matches, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var past in _events)
            {
                if (matches(past))
                {
                    return Task.FromResult(past);
                }
            }

            var waiter = new Waiter(matches, new TaskCompletionSource<SimulatorEvent>(TaskCreationOptions.RunContinuationsAsynchronously));
            _waiters.Add(waiter);
            return waiter.Completion.Task.WaitAsync(cancellationToken);
        }
    }

    internal void Add(EventKind kind, string? family = null, int generation = 0)
    {
        var happened = new SimulatorEvent(_time.GetUtcNow(), kind, family, generation);
        lock (_gate)
        {
            if (_events.Count == Capacity)
            {
                _events.Dequeue();
            }

            _events.Enqueue(happened);
            Happened?.Invoke(happened);
            _waiters.RemoveAll(waiter => waiter.Matches(happened) && waiter.Completion.TrySetResult(happened));
        }
    }

    private sealed record Waiter(Func<SimulatorEvent, bool> Matches, TaskCompletionSource<SimulatorEvent> Completion);
}

/// <summary>One thing that happened at the provider.</summary>
/// <param name="At">When, by the provider's clock.</param>
/// <param name="Kind">What.</param>
/// <param name="Family">To which family, if to any.</param>
/// <param name="Generation">That family's generation after it; for a reuse and a validation, that of the token presented.</param>
public sealed record SimulatorEvent(DateTimeOffset At, EventKind Kind, string? Family, int Generation);

/// <summary>What can happen at the provider.</summary>
public enum EventKind
{
    /// <summary>A new family was issued.</summary>
    Seeded,

    /// <summary>A pair was granted.</summary>
    Rotated,

    /// <summary>A spent refresh token was granted a fresh successor within the grace.</summary>
    ReusedInGrace,

    /// <summary>A spent refresh token came back.</summary>
    Reused,

    /// <summary>A refresh token was refused.</summary>
    Refused,

    /// <summary>A whole family died.</summary>
    FamilyRevoked,

    /// <summary>A rate limit refused a call.</summary>
    RateLimited,

    /// <summary>The validate endpoint called a token alive.</summary>
    FoundValid,

    /// <summary>The validate endpoint called a token dead.</summary>
    FoundInvalid,

    /// <summary>A queued or random fault was applied to a call.</summary>
    Faulted,

    /// <summary>A call hangs until it is released.</summary>
    Hanging,

    /// <summary>A call came while the provider was down, and its connection was closed.</summary>
    DroppedWhileDown,
}
