namespace TokenGateway.Faults.Fleet;

/// <summary>The gateways' settings, as short as the configuration allows, so that faults can follow each other quickly.</summary>
internal static class Timing
{
    public static readonly TimeSpan AccessTokenLifetime = TimeSpan.FromSeconds(6);
    public static readonly TimeSpan TokenEndpointTimeout = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan OperationTimeout = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(4);
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(0.5);
    public static readonly TimeSpan RequestWait = TimeSpan.FromSeconds(2);

    /// <summary>How long the provider takes, so that a request can be caught under way.</summary>
    public static readonly TimeSpan ProviderLatency = TimeSpan.FromMilliseconds(20);

    /// <summary>How soon a gateway must be well again after a fault that leaves nothing in doubt.</summary>
    public static readonly TimeSpan RecoveryLimit = LeaseDuration + TimeSpan.FromSeconds(5);

    /// <summary>After this long the fleet is taken for broken. A second doubt about the same token alone costs a minute.</summary>
    public static readonly TimeSpan Hopeless = TimeSpan.FromSeconds(150);
}
