using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace TokenGateway.Telemetry;

/// <summary><c>GET /metrics</c>, in the text format of Prometheus.</summary>
internal static class ScrapedMetrics
{
    public const string Path = "/metrics";

    public static MeterProvider Create(IMeterFactory factory, int credentials) => Sdk.CreateMeterProviderBuilder()
        .ConfigureResource(GatewayResource.Describe)
        .AddGatewayMeters(factory, credentials)
        .AddPrometheusExporter(options =>
        {
            // Two labels on every series, which say only which library made it.
            options.ScopeInfoEnabled = false;
            options.ScrapeResponseCacheDurationMilliseconds = 0;
        })
        .Build();

    public static void Map(IEndpointRouteBuilder routes, MeterProvider metrics) =>
        routes.MapPrometheusScrapingEndpoint(Path, metrics, configureBranchedPipeline: null, optionsName: null);
}
