using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using TokenGateway.Telemetry;

namespace TokenGateway.Tests.Telemetry;

public sealed class GatewayMetersTests
{
    /// <summary>Other tests' clients are counted by the same instruments.</summary>
    private const string Server = "labels.example.com";

    [Theory]
    [InlineData("http.client.open_connections", new string[0])]
    [InlineData("http.client.connection.duration", new[] { "server.address" })]
    [InlineData("http.client.request.duration", new[] { "network.peer.address", "server.address" })] // HttpClient gives it no address: nothing of it is left out.
    public void An_address_which_has_no_bound_is_no_label_of_a_connections_instruments(string name, string[] labels)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var exporter = new LabelsOf(name);
        using var reader = new BaseExportingMetricReader(exporter);
        using var provider = Sdk.CreateMeterProviderBuilder().AddGatewayMeters(services.GetRequiredService<IMeterFactory>()).AddReader(reader).Build();
        using var meter = new Meter("System.Net.Http");

        meter.CreateHistogram<double>(name).Record(1, new("network.peer.address", "192.0.2.1"), new("server.address", Server));
        provider.ForceFlush();

        Assert.Equal(labels, exporter.Labels.Order(StringComparer.Ordinal));
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
