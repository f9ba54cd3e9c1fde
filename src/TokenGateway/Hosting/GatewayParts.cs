using TokenGateway.Configuration;
using TokenGateway.Telemetry;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Hosting;

/// <summary>What both of a gateway's listeners are built from.</summary>
internal sealed record GatewayParts
{
    /// <summary>The root of the configuration; reloads where its sources do.</summary>
    public required IConfiguration Configuration { get; init; }

    public required GatewaySettings Settings { get; init; }

    /// <summary>One for the process; not disposed by a gateway.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Where metrics and traces go; null where nobody looks.</summary>
    public GatewayTelemetry? Telemetry { get; init; }

    public TokenMetrics Metrics => Telemetry?.Metrics ?? TokenMetrics.Unobserved;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What was found in the configuration, for the log; null where there is no log to write it to.</summary>
    public ConfigurationSummary? Summary { get; init; }

    public ConfigurationHealth Health { get; init; } = new();
}
