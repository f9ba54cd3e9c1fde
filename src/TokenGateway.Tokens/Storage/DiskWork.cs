namespace TokenGateway.Tokens.Storage;

/// <summary>
/// Work that waits for a disk, done on the spot and answered as a task: nothing is thrown at the call itself. Only a thread of the pool does it: any other may have more to serve than its
/// caller, as one that completes reads of sockets has.
/// </summary>
internal static class DiskWork
{
    public static Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken) => RunAsync(static work => work(), work, cancellationToken);

    /// <param name="work">Without a closure: on the spot only its answer is allocated.</param>
    /// <param name="state">What it works on.</param>
    /// <param name="cancellationToken">Before it has begun.</param>
    public static Task<T> RunAsync<TState, T>(Func<TState, T> work, TState state, CancellationToken cancellationToken) =>
        !Thread.CurrentThread.IsThreadPoolThread ? OnThePoolAsync(work, state, cancellationToken)
        : cancellationToken.IsCancellationRequested ? Task.FromCanceled<T>(cancellationToken)
        : OnTheSpotAsync(work, state);

    public static Task RunAsync(Action work, CancellationToken cancellationToken) => RunAsync<object?>(
        () =>
        {
            work();
            return null;
        },
        cancellationToken);

    private static Task<T> OnThePoolAsync<TState, T>(Func<TState, T> work, TState state, CancellationToken cancellationToken) =>
        Task.Run(() => work(state), cancellationToken);

    private static Task<T> OnTheSpotAsync<TState, T>(Func<TState, T> work, TState state)
    {
        try
        {
            return Task.FromResult(work(state));
        }
        catch (Exception exception)
        {
            return Task.FromException<T>(exception);
        }
    }
}
