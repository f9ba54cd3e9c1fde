namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>Work done on the spot, answered as a task: nothing is thrown at the call itself.</summary>
internal static class SynchronousAnswer
{
    public static Task<T> Of<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        try
        {
            return Task.FromResult(work());
        }
        catch (Exception exception)
        {
            return Task.FromException<T>(exception);
        }
    }

    public static Task Of(Action work, CancellationToken cancellationToken) => Of<object?>(
        () =>
        {
            work();
            return null;
        },
        cancellationToken);
}
