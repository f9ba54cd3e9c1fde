namespace TokenGateway.Hosting;

/// <summary>What both of a gateway's listeners are built from.</summary>
internal sealed record GatewayParts
{
    /// <summary>The root of the configuration; reloads where its sources do.</summary>
    public required IConfiguration Configuration { get; init; }

    public required GatewaySettings Gateway { get; init; }

    /// <summary>One for the process; not disposed by a gateway.</summary>
    public required ILoggerFactory Loggers { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ConfigurationHealth Health { get; init; } = new();

    /// <summary>Judges the addresses that the proxy has really bound, and gives what is wrong with them.</summary>
    public Func<IReadOnlyCollection<string>, IReadOnlyList<string>> JudgeAddresses { get; init; } = static _ => [];
}
