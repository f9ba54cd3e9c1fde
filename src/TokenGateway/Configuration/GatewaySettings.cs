using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Configuration;

/// <summary>What the gateway needs beside the engine's settings.</summary>
internal sealed record GatewaySettings
{
    /// <summary>The configuration file's folder, which relative paths start from; null for the working directory.</summary>
    public string? Folder { get; init; }

    /// <summary>Where the proxy listens, as configured; what is really bound is judged again after the start.</summary>
    public IReadOnlyList<ListeningAddress> ProxyAddresses { get; init; } = [];

    public ManagementSettings Management { get; init; } = new();
    public InboundSettings Inbound { get; init; } = new();

    /// <summary>From SIGTERM on: requests are still accepted, while readiness says 503.</summary>
    public TimeSpan ShutdownDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After <see cref="ShutdownDelay"/>: what requests in flight get.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>The management listener.</summary>
internal sealed record ManagementSettings
{
    public const string DefaultUrl = "http://127.0.0.1:8081";

    public string Url { get; init; } = DefaultUrl;

    /// <summary>Needed by callers that are not loopback.</summary>
    public SecretSource ApiKey { get; init; } = SecretSource.None;
}

/// <summary>Who may use the proxy.</summary>
internal sealed record InboundSettings
{
    /// <summary>Any of them opens the proxy; where there is one, every route needs one.</summary>
    public IReadOnlyList<SecretSource> ApiKeys { get; init; } = [];

    public bool AllowAnonymous { get; init; }

    /// <summary>Names beside loopback's own that callers without a key may use as <c>Host</c>, or pages come from; <c>*</c> is any.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>True when the proxy may listen beyond loopback.</summary>
    public bool AllowsExposure => AllowAnonymous || ApiKeys.Count > 0;
}
