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
        .AddView(instrument => instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, factory) ? null : MetricStreamConfiguration.Drop);
}
