using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Telemetry;

/// <summary>
/// Export over OTLP, by the variables that OpenTelemetry defines for every program: <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> and its kin. Without an endpoint nothing is
/// exported, and nothing is recorded for it.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    private static readonly string[] Signals = ["TRACES", "METRICS", "LOGS"];

    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;

    private OtlpExport(TracerProvider? traces, MeterProvider? metrics)
    {
        _traces = traces;
        _metrics = metrics;
    }

    /// <summary>True when an endpoint is named, for all signals or for one, and <c>OTEL_SDK_DISABLED</c> does not forbid it.</summary>
    public static bool IsWanted(IConfiguration root) =>
        !Is(root["OTEL_SDK_DISABLED"], "true")
        && Signals.Select(signal => $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT").Prepend("OTEL_EXPORTER_OTLP_ENDPOINT").Any(name => !string.IsNullOrWhiteSpace(root[name]));

    /// <summary>The event's id goes with each log record, so that a search by it works there too.</summary>
    public static IConfigurationRoot WithDefaults(IConfiguration root) => new ConfigurationBuilder()
        .AddInMemoryCollection([new("OTEL_DOTNET_EXPERIMENTAL_OTLP_EMIT_EVENT_LOG_ATTRIBUTES", "true")])
        .AddConfiguration(root)
        .Build();

    public static void Add(IServiceCollection services, IConfiguration root, int credentials)
    {
        services.AddOpenTelemetry()
            .ConfigureResource(GatewayResource.Describe)
            .WithTracing(AddSources)
            .WithMetrics()
            .WithLogging(configureBuilder: null, logs => logs.IncludeFormattedMessage = true)
            .UseOtlpExporter();
        services.ConfigureOpenTelemetryMeterProvider((provider, metrics) => metrics.AddGatewayMeters(provider.GetRequiredService<IMeterFactory>(), credentials));
        if (!IsExported(root, "LOGS"))
        {
            services.AddLogging(logging => logging.AddFilter<OpenTelemetryLoggerProvider>(static level => false));
        }
    }

    /// <summary>Begins to export. Logs come by the services' own logger factory.</summary>
    public static OtlpExport Start(IServiceProvider services)
    {
        var root = services.GetRequiredService<IConfiguration>();
        return new OtlpExport(
            IsExported(root, "TRACES") ? services.GetRequiredService<TracerProvider>() : null,
            IsExported(root, "METRICS") ? services.GetRequiredService<MeterProvider>() : null);
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private static void AddSources(TracerProviderBuilder traces) => traces
        .AddSource(RotationTrace.SourceName)
        .AddSource("Yarp.ReverseProxy", "System.Net.Http")
        .AddAspNetCoreInstrumentation(options => options.Filter = static context => context.RequestServices.GetService<Untraced>() is null);

    /// <summary><c>OTEL_TRACES_EXPORTER=none</c> and its kin leave one signal out.</summary>
    private static bool IsExported(IConfiguration root, string signal) => !Is(root[$"OTEL_{signal}_EXPORTER"], "none");

    private static bool Is(string? value, string expected) => string.Equals(value?.Trim(), expected, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A listener in whose services this is found serves no requests that anybody wants to see in a trace: probes and scrapes.</summary>
internal sealed class Untraced;
