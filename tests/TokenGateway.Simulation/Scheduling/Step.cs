namespace TokenGateway.Simulation.Scheduling;

/// <summary>What one process does without waiting in between.</summary>
/// <param name="Owner">The process.</param>
/// <param name="Context">Current while it runs: the process's own for a continuation, none for a timer or an arrival, as on a pool thread.</param>
/// <param name="Callback">What runs.</param>
/// <param name="State">Its argument.</param>
internal sealed record Step(Process Owner, SynchronizationContext? Context, SendOrPostCallback Callback, object? State)
{
    public void Run()
    {
        SynchronizationContext.SetSynchronizationContext(Context);
        try
        {
            Callback(State);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }
}
