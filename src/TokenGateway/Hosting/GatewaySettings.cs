using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Hosting;

/// <summary>The gateway's own part of the section <c>TokenGateway</c>; the engine's part is <see cref="TokenGatewaySettings"/>.</summary>
internal sealed record GatewaySettings
{
    /// <summary>Where the management listener binds; port 0 lets the system choose.</summary>
    public Uri ManagementUrl { get; init; } = new("http://127.0.0.1:8081");

    /// <summary>What callers of the management API that are not on this machine must present.</summary>
    public SecretSource ManagementApiKey { get; init; } = SecretSource.None;

    /// <summary>What callers of the proxy must present in <c>TokenGateway-Key</c>; with none, only loopback is served, unless <see cref="AllowAnonymous"/>.</summary>
    public IReadOnlyList<SecretSource> InboundKeys { get; init; } = [];

    /// <summary>Whoever reaches the proxy may use it.</summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>How long requests are still accepted once readiness is withdrawn, so that load balancers can take notice.</summary>
    public TimeSpan ShutdownDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long requests in flight may then still take.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);
}
