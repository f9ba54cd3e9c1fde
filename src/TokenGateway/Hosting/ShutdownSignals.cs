using System.Runtime.InteropServices;

namespace TokenGateway.Hosting;

/// <summary>SIGTERM and SIGINT: the first asks to leave in good order; a second is left to the system, which ends the process at once.</summary>
internal sealed class ShutdownSignals : IDisposable
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;

    public ShutdownSignals()
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
    }

    /// <summary>Ends at the first signal.</summary>
    public Task Asked => _asked.Task;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
    }

    private void Handle(PosixSignalContext context) => context.Cancel = _asked.TrySetResult();
}
