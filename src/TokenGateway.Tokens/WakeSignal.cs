using System.Threading.Tasks.Sources;

namespace TokenGateway.Tokens;

/// <summary>
/// An auto-reset event for one waiter, on the injected clock. A signal that comes while nobody waits is kept. Waiting allocates nothing: a thousand loops that wake every few
/// seconds would fill the heap with what they have waited on.
/// </summary>
internal sealed class WakeSignal(TimeProvider time) : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _wait = new() { RunContinuationsAsynchronously = true };
    private ITimer? _timer;
    private State _state;

    private enum State
    {
        /// <summary>Nobody waits, and nothing has happened.</summary>
        Idle,

        Waiting,

        /// <summary>Signalled or timed out, and the waiter has not seen it yet.</summary>
        Set,
    }

    public void Set()
    {
        if (Interlocked.Exchange(ref _state, State.Set) == State.Waiting)
        {
            _wait.SetResult(true);
        }
    }

    /// <summary>Returns at a signal or after <paramref name="atMost"/>, whichever comes first. Awaited once, and before it is called again.</summary>
    public ValueTask WaitAsync(TimeSpan atMost)
    {
        _wait.Reset();
        if (Interlocked.CompareExchange(ref _state, State.Waiting, State.Idle) == State.Set)
        {
            See();
            return ValueTask.CompletedTask;
        }

        // It only sets the signal: Task.WhenAny would go through the thread pool, out of a simulation's sight.
        _timer ??= time.CreateTimer(static signal => ((WakeSignal)signal!).Set(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(atMost, Timeout.InfiniteTimeSpan);
        return new ValueTask(this, _wait.Version);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token)
    {
        _wait.GetResult(token);
        _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        See();
    }

    // What was to be told was true before the signal was set, so that the waiter sees it from here on.
    private void See() => Interlocked.Exchange(ref _state, State.Idle);
}
