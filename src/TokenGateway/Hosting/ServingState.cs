namespace TokenGateway.Hosting;

/// <summary>
/// Whether the proxy takes requests: not before it listens, and not for long once the gateway is on its way out. Readiness asks it;
/// nothing turns it back.
/// </summary>
internal sealed class ServingState
{
    private volatile bool _listening;
    private volatile bool _draining;

    public bool IsListening => _listening;

    public bool IsDraining => _draining;

    public void Listen() => _listening = true;

    public void Drain() => _draining = true;
}
