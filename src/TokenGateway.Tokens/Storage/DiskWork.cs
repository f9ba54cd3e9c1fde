namespace TokenGateway.Tokens.Storage;

/// <summary>
/// Work that waits for a disk, done on the spot and answered as a task: nothing is thrown at the call itself. Only a thread of the pool does it: any other may have more to serve than its
/// caller, as one that completes reads of sockets has.
/// </summary>
internal static class DiskWork
{
    public static Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken) =>
        !Thread.CurrentThread.IsThreadPoolThread ? Task.Run(work, cancellationToken)
        : cancellationToken.IsCancellationRequested ? Task.FromCanceled<T>(cancellationToken)
        : OnTheSpotAsync(work);

    public static Task RunAsync(Action work, CancellationToken cancellationToken) => RunAsync<object?>(
        () =>
        {
            work();
            return null;
        },
        cancellationToken);

    private static Task<T> OnTheSpotAsync<T>(Func<T> work)
    {
        try
        {
            return Task.FromResult(work());
        }
        catch (Exception exception)
        {
            return Task.FromException<T>(exception);
        }
    }
}
