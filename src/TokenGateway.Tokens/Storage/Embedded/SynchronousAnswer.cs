namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>
/// Work that waits for a disk, done on the spot and answered as a task: nothing is thrown at the call itself. Only a thread of the pool does it: any other may have more to serve than its
/// caller, as one that completes reads of sockets has.
/// </summary>
internal static class SynchronousAnswer
{
    public static Task<T> Of<T>(Func<T> work, CancellationToken cancellationToken) =>
        !Thread.CurrentThread.IsThreadPoolThread ? Task.Run(work, cancellationToken)
        : cancellationToken.IsCancellationRequested ? Task.FromCanceled<T>(cancellationToken)
        : OnTheSpot(work);

    public static Task Of(Action work, CancellationToken cancellationToken) => Of<object?>(
        () =>
        {
            work();
            return null;
        },
        cancellationToken);

    private static Task<T> OnTheSpot<T>(Func<T> work)
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
