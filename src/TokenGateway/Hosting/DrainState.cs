namespace TokenGateway.Hosting;

/// <summary>Whether the gateway is on its way out. Readiness asks it; nothing turns it back.</summary>
internal sealed class DrainState
{
    private volatile bool _draining;

    public bool IsDraining => _draining;

    public void Begin() => _draining = true;
}
