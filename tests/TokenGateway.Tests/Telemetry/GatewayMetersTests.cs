using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using TokenGateway.Telemetry;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tests.Telemetry;

public sealed class GatewayMetersTests
{
    /// <summary>Other tests' clients, and engines that nobody observes, are counted by instruments of the same names.</summary>
    private const string Server = "labels.example.com";
    private const string Prefix = "plum_of_these_tests_";

    [Theory]
    [InlineData("http.client.open_connections", new string[0])]
    [InlineData("http.client.connection.duration", new[] { "server.address" })]
    [InlineData("http.client.request.duration", new[] { "network.peer.address", "server.address" })] // HttpClient gives it no address: nothing of it is left out.
    public void An_address_which_has_no_bound_is_no_label_of_a_connections_instruments(string name, string[] labels)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var exporter = new LabelsOf(name);
        using var reader = new BaseExportingMetricReader(exporter);
        using var provider = Sdk.CreateMeterProviderBuilder().AddGatewayMeters(services.GetRequiredService<IMeterFactory>(), credentials: 1).AddReader(reader).Build();
        using var meter = new Meter("System.Net.Http");

        meter.CreateHistogram<double>(name).Record(1, new("network.peer.address", "192.0.2.1"), new("server.address", Server));
        provider.ForceFlush();

        Assert.Equal(labels, exporter.Labels.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1, 40)] // A changed configuration adds some; other tests may take a few.
    [InlineData(1_000, 250)]
    public void Each_credential_has_series_of_its_own(int credentials, int added)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var factory = services.GetRequiredService<IMeterFactory>();
        using var exporter = new OwnSeries();
        using var reader = new BaseExportingMetricReader(exporter);
        using var provider = Sdk.CreateMeterProviderBuilder().AddGatewayMeters(factory, credentials).AddReader(reader).Build();
        var names = Enumerable.Range(0, credentials + added).Select(number => $"{Prefix}{number}").ToList();
        var metrics = TokenMetrics.Create(factory);
        names.ForEach(metrics.Begin);
        metrics.Meter.CreateObservableGauge("tokengateway.generation", () => names.Select(name => new Measurement<int>(1, new KeyValuePair<string, object?>("credential", name))));
        metrics.Meter.CreateObservableGauge("tokengateway.state", () => names.SelectMany(name => Enum.GetValues<CredentialState>().Select(state =>
            new Measurement<int>(0, new("credential", name), new("state", state)))));

        provider.ForceFlush();

        Assert.Equal(7, exporter.Counts.Count);
        Assert.All(exporter.Counts, instrument => Assert.Equal((names.Count, 0), instrument.Value));
    }

    /// <summary>Routes and hosts are as many as an operator likes, and grow with the credentials.</summary>
    [Theory]
    [InlineData("Microsoft.AspNetCore.Routing", "aspnetcore.routing.match_attempts", 1, 1_000)]
    [InlineData("System.Net.Http", "http.client.active_requests", 1, 1_000)]
    [InlineData("System.Net.Http", "http.client.connection.duration", 1_000, 3_000)]
    [InlineData("System.Net.NameResolution", "dns.lookup.duration", 1_000, 3_000)]
    [InlineData("Microsoft.AspNetCore.Hosting", "http.server.request.duration", 1_000, 5_000)]
    public void Each_route_and_host_has_series_of_its_own(string meterName, string instrument, int credentials, int places)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var exporter = new OwnSeries();
        using var reader = new BaseExportingMetricReader(exporter);
        using var meter = new Meter(meterName);
        using var provider = Sdk.CreateMeterProviderBuilder().AddGatewayMeters(services.GetRequiredService<IMeterFactory>(), credentials).AddReader(reader).Build();
        var counted = meter.CreateHistogram<double>(instrument);

        foreach (var place in Enumerable.Range(0, places))
        {
            counted.Record(1, new KeyValuePair<string, object?>("server.address", $"{Prefix}{place}"));
        }

        provider.ForceFlush();
        Assert.Equal((places, 0), exporter.Counts[instrument]);
    }

    private sealed class OwnSeries : BaseExporter<Metric>
    {
        /// <summary>By instrument: how many credentials or places of these tests it knows, and whether others found no room.</summary>
        public Dictionary<string, (int Names, int Overflows)> Counts { get; } = new(StringComparer.Ordinal);

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                var (names, overflows) = (new HashSet<string>(), 0);
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    foreach (var tag in point.Tags)
                    {
                        if (tag is { Key: "credential" or "server.address", Value: string name } && name.StartsWith(Prefix, StringComparison.Ordinal))
                        {
                            names.Add(name);
                        }

                        overflows += tag.Key == "otel.metric.overflow" ? 1 : 0;
                    }
                }

                if (names.Count > 0)
                {
                    Counts.Add(metric.Name, (names.Count, overflows));
                }
            }

            return ExportResult.Success;
        }
    }

    private sealed class LabelsOf(string name) : BaseExporter<Metric>
    {
        public List<string> Labels { get; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    var labels = new List<string>();
                    var isOurs = false;
                    foreach (var tag in point.Tags)
                    {
                        labels.Add(tag.Key);
                        isOurs |= Server.Equals(tag.Value);
                    }

                    if (isOurs && metric.Name == name)
                    {
                        Labels.AddRange(labels);
                    }
                }
            }

            return ExportResult.Success;
        }
    }
}
