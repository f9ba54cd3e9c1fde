namespace TokenGateway.Simulation.Provider;

internal static class Waiting
{
    /// <summary>Waits until it is cancelled.</summary>
    public static Task WaitForeverAsync(this TaskCompletionSource never, CancellationToken cancellationToken)
    {
        cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), never);
        return never.Task;
    }
}
