namespace TokenGateway.Tokens;

/// <summary>An auto-reset event for one waiter, on the injected clock. A signal that comes while nobody waits is kept.</summary>
internal sealed class WakeSignal(TimeProvider time)
{
    private TaskCompletionSource _signal = NewSignal();

    public void Set() => Volatile.Read(ref _signal).TrySetResult();

    /// <summary>Returns at a signal or after <paramref name="atMost"/>, whichever comes first.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var signal = Volatile.Read(ref _signal);
        if (!signal.Task.IsCompleted)
        {
            // Both only set the signal: Task.WhenAny would go through the thread pool, out of a simulation's sight.
            using var timer = time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), signal, atMost, Timeout.InfiniteTimeSpan);
            using var registration = cancellationToken.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), signal);
            await signal.Task;
            cancellationToken.ThrowIfCancellationRequested();
        }

        // What was to be told was true before the signal was set, so that the waiter sees it from here on.
        Volatile.Write(ref _signal, NewSignal());
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
