using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TokenGateway.Simulator;
using TokenGateway.Tests.EndToEnd;

namespace TokenGateway.Tests.Telemetry;

/// <summary>Export from the published executable to a receiver that reads what it is sent.</summary>
public sealed class OtlpTests
{
    [Theory]
    [InlineData("grpc", HttpProtocols.Http2)]
    [InlineData("http/protobuf", HttpProtocols.Http1)]
    public async Task A_rotation_arrives_as_a_trace_of_its_steps_with_metrics_and_log(string protocol, HttpProtocols transport)
    {
        await using var receiver = await OtlpReceiver.StartAsync(transport);
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var gateway = await fleet.StartGatewayAsync(environment: Environment(receiver, protocol));
        await gateway.UntilActiveAsync();
        using var proxied = await gateway.GetAsync();

        Assert.Equal(0, await gateway.TerminateAsync()); // It sends what is left before it ends.

        var rotation = Assert.Single(receiver.Spans, span => span.Name == "rotation");
        var steps = receiver.Spans.Where(span => span.Parent == rotation.Id).OrderBy(span => span.Start).ToList();
        Assert.Equal("", rotation.Parent);
        Assert.Equal(("plum", "rotated", "1"), (rotation.Attributes["tokengateway.credential"], rotation.Attributes["tokengateway.outcome"], rotation.Attributes["tokengateway.generation"]));
        Assert.Equal(["rotation.acquire", "rotation.intent", "rotation.post", "rotation.journal", "rotation.commit"], steps.Select(step => step.Name));
        Assert.All(steps, step => Assert.Equal(rotation.Trace, step.Trace));
        Assert.Equal("200", steps[2].Attributes["http.response.status_code"]);
        Assert.Equal(["announced"], steps[^1].Events);

        Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "tokengateway.rotations", "tokengateway.access_token.remaining", "http.server.request.duration" }, receiver.Metrics.ToHashSet(StringComparer.Ordinal));
        var rotated = Assert.Single(receiver.Logs, record => record.Body.StartsWith("Rotated credential plum: generation 1", StringComparison.Ordinal));
        Assert.Equal(1000.ToString(CultureInfo.InvariantCulture), rotated.Attributes["logrecord.event.id"]);
        Assert.Equal("plum", rotated.Attributes["Credential"]);
        Assert.Equal(["plum-gateway"], receiver.Services);
    }

    [Fact]
    public async Task A_proxied_request_is_a_trace_from_the_client_to_the_upstream_and_probes_are_none()
    {
        await using var receiver = await OtlpReceiver.StartAsync(HttpProtocols.Http1);
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var gateway = await fleet.StartGatewayAsync(environment: Environment(receiver, "http/protobuf"));
        await gateway.UntilActiveAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Proxy, "/plum/things"));
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        using var proxied = await gateway.Client.SendAsync(request);
        await gateway.TerminateAsync();

        var spans = receiver.Spans.Where(span => span.Trace == "0af7651916cd43dd8448eb211c80319c").ToList();
        var server = Assert.Single(spans, span => span.Parent == "b7ad6b7169203331");
        Assert.Equal("GET /plum/{**rest}", server.Name);
        Assert.Contains(spans, span => span.Attributes.TryGetValue("server.port", out var port) && port == $"{new Uri(fleet.Simulator.UpstreamUrl).Port}");
        Assert.Equal([server.Id], receiver.Spans.Where(span => span.Attributes.ContainsKey("http.route")).Select(span => span.Id));
    }

    [Fact]
    public async Task A_signal_that_is_not_wanted_is_not_sent()
    {
        await using var receiver = await OtlpReceiver.StartAsync(HttpProtocols.Http1);
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var environment = Environment(receiver, "http/protobuf");
        environment["OTEL_METRICS_EXPORTER"] = "none";
        environment["OTEL_LOGS_EXPORTER"] = "none";
        var gateway = await fleet.StartGatewayAsync(environment: environment);
        await gateway.UntilActiveAsync();

        await gateway.TerminateAsync();

        Assert.Contains(receiver.Spans, span => span.Name == "rotation");
        Assert.Empty(receiver.Metrics);
        Assert.Empty(receiver.Logs);
    }

    [Fact]
    public async Task A_receiver_that_hangs_does_not_hold_up_the_end()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var gateway = await fleet.StartGatewayAsync(environment: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://{silent.LocalEndpoint}",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        });
        await gateway.UntilActiveAsync();
        var asked = TimeProvider.System.GetTimestamp();

        Assert.Equal(0, await gateway.TerminateAsync());

        Assert.InRange(TimeProvider.System.GetElapsedTime(asked), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(9));
    }

    internal static Dictionary<string, string> Environment(OtlpReceiver receiver, string protocol) => new(StringComparer.Ordinal)
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Url,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
        ["OTEL_SERVICE_NAME"] = "plum-gateway",
    };
}
