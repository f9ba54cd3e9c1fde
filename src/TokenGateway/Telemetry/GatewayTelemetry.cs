using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using TokenGateway.Hosting;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Telemetry;

/// <summary>
/// One gateway's signals and where they go: the log to the console, metrics to whoever scrapes <c>/metrics</c>, and all three over OTLP where the
/// standard variables <c>OTEL_*</c> name a receiver.
/// </summary>
internal sealed class GatewayTelemetry : IAsyncDisposable
{
    /// <summary>A receiver that hangs must not hold up the end of the process, for which Kubernetes or a person waits.</summary>
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(3);

    private readonly ServiceProvider _services;
    private readonly OtlpExport? _export;
    private readonly SummarisedLoggers _loggers;

    private GatewayTelemetry(ServiceProvider services, int credentials, bool exports)
    {
        _services = services;
        _export = exports ? OtlpExport.Start(services) : null;
        _loggers = new SummarisedLoggers(services.GetRequiredService<ILoggerFactory>(), TimeProvider.System);
        Meters = services.GetRequiredService<IMeterFactory>();
        Scraped = ScrapedMetrics.Create(Meters, credentials);
        Metrics = TokenMetrics.Create(Meters);
    }

    public ILoggerFactory Loggers => _loggers;

    /// <summary>Owns the meters of this gateway, by which they are told from those of another one in the same process.</summary>
    public IMeterFactory Meters { get; }

    public TokenMetrics Metrics { get; }

    /// <summary>What <c>/metrics</c> shows.</summary>
    public MeterProvider Scraped { get; }

    /// <param name="root">The root of the configuration: the section <c>Logging</c>, and the variables <c>OTEL_*</c>.</param>
    /// <param name="credentials">How many there are, for each of which there are series.</param>
    public static GatewayTelemetry Create(IConfiguration root, int credentials)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(OtlpExport.WithDefaults(root));
        services.AddMetrics();
        services.AddLogging(logging => Logs.Configure(logging, root));
        var exports = OtlpExport.IsWanted(root);
        if (exports)
        {
            OtlpExport.Add(services, root, credentials);
        }

        return new GatewayTelemetry(services.BuildServiceProvider(), credentials, exports);
    }

    /// <summary>Sends what has not been sent yet, as long as <see cref="LongestFarewell"/> lets it.</summary>
    public async ValueTask DisposeAsync()
    {
        Scraped.Dispose();
        _loggers.Dispose();
        await Task.WhenAny(Task.Run(SendLastAsync), Task.Delay(LongestFarewell, TimeProvider.System));
    }

    /// <summary>The exporters block the thread that they are disposed on.</summary>
    private async Task SendLastAsync()
    {
        _export?.Dispose();
        await _services.DisposeAsync();
    }
}
