using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Telemetry;

/// <summary>Which meters an operator of the gateway sees: its own, ASP.NET Core's, HttpClient's and the runtime's.</summary>
internal static class GatewayMeters
{
    /// <param name="metrics">The provider that is built.</param>
    /// <param name="factory">Meters that another factory of this process made are another gateway's. HttpClient's have none.</param>
    public static MeterProviderBuilder AddGatewayMeters(this MeterProviderBuilder metrics, IMeterFactory factory) => metrics
        .AddMeter(TokenMetrics.MeterName)
        .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Routing", "System.Net.Http", "System.Net.NameResolution", "System.Runtime")
        .AddView(instrument => IsUnbounded(instrument) || IsAnothers(instrument, factory) ? MetricStreamConfiguration.Drop : null)
        .AddView("http.client.connection.duration", new MetricStreamConfiguration { TagKeys = ["network.protocol.version", "server.address", "server.port", "url.scheme"] });

    /// <summary>Has a series for each address that a name has ever had, and is counted four times a request. The view beside it leaves that label out of an instrument that is counted once per connection.</summary>
    private static bool IsUnbounded(Instrument instrument) => instrument.Name == "http.client.open_connections";

    private static bool IsAnothers(Instrument instrument, IMeterFactory factory) => instrument.Meter.Scope is { } scope && !ReferenceEquals(scope, factory);
}
