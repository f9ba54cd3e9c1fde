using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// The right to begin a rotation, for a while. It only saves effort; safety lies in intent, lineage, deadline and patience.
/// Disposing gives it back, if it is still this process's own.
/// </summary>
internal sealed class RotationLease : IAsyncDisposable
{
    /// <summary>What is left of a lease after the endpoint's timeout, at the least: the room for the commit.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Under <c>ReusePolicy: Grace</c> a peer may go on in place of an owner that has fallen silent for so long: the grace would be over before the lease is.
    /// </summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1.5);

    private readonly EngineContext _engine;
    private readonly CredentialSettings _settings;
    private readonly string _leaseId;
    private readonly CancellationTokenSource _disposed = new();
    private Task _renewal = Task.CompletedTask;

    private RotationLease(EngineContext engine, CredentialSettings settings, string leaseId, SendDeadline deadline, StoreSnapshot snapshot)
    {
        _engine = engine;
        _settings = settings;
        _leaseId = leaseId;
        Deadline = deadline;
        Snapshot = snapshot;
        SendBy = snapshot.StoreTime + SendWindow(settings);
    }

    /// <summary>What the store held when the lease was given: nothing read before it is ever sent.</summary>
    public StoreSnapshot Snapshot { get; }

    /// <summary>Counted from before the lease was asked for, so that it is never later than the store thinks.</summary>
    public SendDeadline Deadline { get; }

    public LeaseGuard Guard => new(_leaseId, Snapshot.Fence);

    /// <summary>The latest moment of sending, in the store's time.</summary>
    public DateTimeOffset SendBy { get; private set; }

    /// <summary>Nothing is sent after <paramref name="moment"/>, in the store's time: what allows it ends before the lease does.</summary>
    public void SendUntil(DateTimeOffset moment)
    {
        if (moment < SendBy && _engine.Has(Safeguards.Deadline))
        {
            SendBy = moment;
            Deadline.Shorten(moment - Snapshot.StoreTime);
        }
    }

    /// <summary>Acquires the lease, or says who holds it.</summary>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    public static async Task<(RotationLease? Lease, StoreSnapshot Snapshot)> TryAcquireAsync(
        EngineContext engine, CredentialSettings settings, string leaseId, CancellationToken cancellationToken)
    {
        var deadline = new SendDeadline(engine.Time, engine.Has(Safeguards.Deadline) ? SendWindow(settings) : TimeSpan.FromDays(1));
        var request = new LeaseRequest(
            leaseId, engine.Replica.ToString(), settings.LeaseDuration, settings.ReusePolicy == ReusePolicy.Grace ? Silence : null);
        var result = await engine.Store.AcquireAsync(settings.Name, request, cancellationToken);
        var lease = result.Acquired ? new RotationLease(engine, settings, request.LeaseId, deadline, result.Snapshot) : null;
        return (lease, result.Snapshot);
    }

    /// <summary>Keeps the lease alive until it is disposed: a slow provider is no reason for a second replica to begin.</summary>
    public void KeepAlive() => _renewal = RenewAsync();

    public async ValueTask DisposeAsync()
    {
        // Cancelled here, not by CancelAsync: its callbacks would run on another thread than the simulation's.
        _disposed.Cancel();
        await _renewal;
        _disposed.Dispose();
        try
        {
            await _engine.Store.ReleaseAsync(_settings.Name, _leaseId, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // It runs out by itself.
        }
    }

    private async Task RenewAsync()
    {
        try
        {
            var held = true;
            var third = _settings.LeaseDuration / 3;
            var interval = _settings.ReusePolicy == ReusePolicy.Grace && third > Heartbeat ? Heartbeat : third;
            while (held)
            {
                await Task.Delay(interval, _engine.Time, _disposed.Token);
                held = await TryRenewAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task<bool> TryRenewAsync()
    {
        try
        {
            return await _engine.Store.RenewAsync(_settings.Name, _leaseId, _settings.LeaseDuration, _disposed.Token);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return true; // Perhaps it answers the next time, before the lease runs out. It must not cost the rotation that it serves.
        }
    }

    /// <summary>Whoever may be replaced after a silence must not begin to send after it.</summary>
    private static TimeSpan SendWindow(CredentialSettings settings)
    {
        var window = settings.LeaseDuration - settings.TokenEndpointTimeout - Margin;
        return settings.ReusePolicy == ReusePolicy.Grace && window > Silence - Margin ? Silence - Margin : window;
    }
}
