namespace TokenGateway.Simulation.Scheduling;

/// <summary>Brings every continuation of one process into the world's queue.</summary>
internal sealed class ProcessContext(Process process) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => process.Post(new Step(process, this, d, state));

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("Nothing in the engine may wait for another thread.");

    public override SynchronizationContext CreateCopy() => this;
}
