using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Telemetry;

/// <summary>
/// Which meters an operator of the gateway sees: its own, ASP.NET Core's, HttpClient's and the runtime's; and how many series each instrument may have. Memory for all of them is taken in
/// advance, and those beyond share one, so that each has as many as it can need and not more.
/// </summary>
internal static class GatewayMeters
{
    private const string Runtime = "System.Runtime";

    /// <summary>Generations of garbage and types of exceptions.</summary>
    private const int SeriesOfRuntime = 60;

    /// <summary>Listeners, by how connections to them end; methods of requests.</summary>
    private const int SeriesOfListeners = 100;

    /// <summary>Routes, or hosts by method, where there is one credential. More credentials have more of them.</summary>
    private const int SeriesOfPlaces = 1_000;

    /// <summary>The same, by method and status.</summary>
    private const int SeriesOfRequests = 2_000;

    /// <summary>Its upstream and its provider.</summary>
    private const int PlacesOfCredential = 2;

    /// <param name="metrics">The provider that is built.</param>
    /// <param name="factory">Meters that another factory of this process made are another gateway's. HttpClient's have none.</param>
    /// <param name="credentials">How many there are at the start. There is room for a quarter more and for 50, which a changed configuration may add.</param>
    public static MeterProviderBuilder AddGatewayMeters(this MeterProviderBuilder metrics, IMeterFactory factory, int credentials)
    {
        var room = credentials + (credentials / 4) + 50;
        var places = PlacesOfCredential * credentials;
        return metrics
            .AddMeter(TokenMetrics.MeterName, Runtime)
            .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Routing", "System.Net.Http", "System.Net.NameResolution")
            .AddView(instrument => instrument switch
            {
                _ when IsUnbounded(instrument) || IsAnothers(instrument, factory) => MetricStreamConfiguration.Drop,
                { Meter.Name: TokenMetrics.MeterName } => AtMost(room * TokenMetrics.SeriesOfCredential(instrument.Name)),
                { Meter.Name: Runtime } => AtMost(SeriesOfRuntime),
                { Name: "http.server.request.duration" or "http.client.request.duration" } => AtMost(SeriesOfRequests + (2 * places)),
                { Name: "http.client.connection.duration" } => AtMost(SeriesOfPlaces + places, "network.protocol.version", "server.address", "server.port", "url.scheme"),
                { Meter.Name: "Microsoft.AspNetCore.Routing" or "System.Net.Http" or "System.Net.NameResolution" } => AtMost(SeriesOfPlaces + places),
                _ => AtMost(SeriesOfListeners),
            });
    }

    /// <param name="series">How many it may have.</param>
    /// <param name="labels">The only ones that are kept; all of them where none is named.</param>
    private static MetricStreamConfiguration AtMost(int series, params string[] labels) => new() { CardinalityLimit = series, TagKeys = labels is [] ? null : labels };

    /// <summary>Has a series for each address that a name has ever had, and is counted four times a request. That label is left out of the duration of connections, which is counted once for each.</summary>
    private static bool IsUnbounded(Instrument instrument) => instrument.Name == "http.client.open_connections";

    private static bool IsAnothers(Instrument instrument, IMeterFactory factory) => instrument.Meter.Scope is { } scope && !ReferenceEquals(scope, factory);
}
