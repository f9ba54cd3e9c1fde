using TokenGateway.Simulator;
using TokenGateway.Tests.EndToEnd;
using TokenGateway.Tests.Security;

namespace TokenGateway.Tests.Telemetry;

/// <summary>A trace header costs a request an Activity: the published executable makes none unless somebody traces.</summary>
public sealed class TraceHeaderTests
{
    private static readonly string[] TraceHeaders = ["traceparent", "tracestate", "baggage", "Request-Id", "Correlation-Context"];

    [Fact]
    public async Task Request_that_nobody_traces_goes_on_without_a_trace_header_and_a_clients_own_passes()
    {
        const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await using var upstream = new RawUpstream();
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        var gateway = await fleet.StartGatewayAsync(
            environment: new Dictionary<string, string>(StringComparer.Ordinal) { ["ReverseProxy__Clusters__plum__Destinations__api__Address"] = upstream.Url });
        await gateway.UntilActiveAsync();
        using var traced = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Proxy, "/plum/traced"));
        traced.Headers.Add("traceparent", Parent);

        using var first = await gateway.GetAsync();
        using var second = await gateway.Client.SendAsync(traced);

        Assert.Equal(2, upstream.Requests.Count);
        Assert.DoesNotContain(upstream.Requests.First().Headers, header => TraceHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase));
        Assert.Equal([Parent], upstream.Requests.Last().Values("traceparent"));
    }
}
