using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Telemetry;

/// <summary>Which meters an operator of the gateway sees: its own, ASP.NET Core's, HttpClient's and the runtime's; and how many series there is room for, since memory for all of them is taken in advance.</summary>
internal static class GatewayMeters
{
    private const string Runtime = "System.Runtime";

    /// <summary>Enough for listeners, and for hosts that are looked up or called, by method.</summary>
    private const int FewSeries = 250;

    /// <summary>Enough for generations of garbage and types of exceptions.</summary>
    private const int RuntimeSeries = 100;

    private static readonly string[] AspNetCore = ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Routing"];
    private static readonly string[] HttpClient = ["System.Net.Http", "System.Net.NameResolution"];

    /// <param name="metrics">The provider that is built.</param>
    /// <param name="factory">Meters that another factory of this process made are another gateway's. HttpClient's have none.</param>
    /// <param name="credentials">How many there are at the start. There is room for a quarter more and for 50, which a changed configuration may add; those beyond share one series.</param>
    public static MeterProviderBuilder AddGatewayMeters(this MeterProviderBuilder metrics, IMeterFactory factory, int credentials)
    {
        var room = credentials + (credentials / 4) + 50;
        return metrics
            .AddMeter([TokenMetrics.MeterName, Runtime, .. AspNetCore, .. HttpClient])
            .AddView(instrument => instrument switch
            {
                _ when IsUnbounded(instrument) || IsAnothers(instrument, factory) => MetricStreamConfiguration.Drop,
                { Meter.Name: TokenMetrics.MeterName } => new MetricStreamConfiguration { CardinalityLimit = room * SeriesOfCredential(instrument.Name) },
                { Name: "http.server.request.duration" or "http.client.request.duration" } => null, // A series for each route or host, method and status.
                { Name: "http.client.connection.duration" } => new MetricStreamConfiguration { CardinalityLimit = FewSeries, TagKeys = ["network.protocol.version", "server.address", "server.port", "url.scheme"] },
                { Meter.Name: Runtime } => new MetricStreamConfiguration { CardinalityLimit = RuntimeSeries },
                _ => new MetricStreamConfiguration { CardinalityLimit = FewSeries },
            });
    }

    /// <summary>Has a series for each address that a name has ever had, and is counted four times a request. That label is left out of the duration of connections, which is counted once for each.</summary>
    private static bool IsUnbounded(Instrument instrument) => instrument.Name == "http.client.open_connections";

    private static bool IsAnothers(Instrument instrument, IMeterFactory factory) => instrument.Meter.Scope is { } scope && !ReferenceEquals(scope, factory);

    private static int SeriesOfCredential(string instrument) => instrument switch
    {
        "tokengateway.rotations" or "tokengateway.rotation.duration" => Enum.GetValues<RotationOutcome>().Length,
        "tokengateway.validations" => Enum.GetValues<ValidationVerdict>().Length,
        "tokengateway.requests.refused" => Enum.GetValues<TokenFailureCode>().Length,
        "tokengateway.retries" => Enum.GetValues<RetryOutcome>().Length,
        "tokengateway.state" => Enum.GetValues<CredentialState>().Length,
        _ => 1,
    };
}
