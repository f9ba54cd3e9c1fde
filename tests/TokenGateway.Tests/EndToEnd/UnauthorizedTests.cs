using System.Globalization;
using System.Net;
using TokenGateway.Simulator;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.EndToEnd;

/// <summary>A provider takes an access token back before its time, and the callers notice nothing.</summary>
public sealed class UnauthorizedTests
{
    [Theory]
    [InlineData("Embedded")]
    [InlineData("Redis")]
    public async Task A_token_that_the_provider_takes_back_costs_the_fleet_one_rotation_and_no_request_fails(string store)
    {
        await using var fleet = await GatewayFleet.StartAsync(
            new SimulatorOptions(), store, replicas: 2, credential => credential["MinRefreshInterval"] = "00:00:00");
        var before = fleet.Simulator.Counters;
        fleet.Simulator.InvalidateAccessTokens(fleet.Simulator.Provider.Families.Single().Family);

        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => fleet.Gateways[i % 2].GetAsync()));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        var counters = fleet.Simulator.Counters;
        Assert.Equal(before.TokenCalls + 1, counters.TokenCalls);
        Assert.InRange(counters.ValidateCalls - before.ValidateCalls, 1, 3); // One per gateway at most, and one for the new token.
        Assert.Equal((0, 0), (counters.Naked, counters.Reuses));
        Assert.Equal(500 + counters.Unauthorized, counters.UpstreamRequests);
        Assert.Equal(counters.Unauthorized, await SumAsync(fleet, "tokengateway_upstream_unauthorized_total{", ""));

        // A retry is counted when it has ended, a moment after its answer has arrived.
        await RunningGateway.WaitForAsync(async () => await SumAsync(fleet, "tokengateway_retries_total{", "outcome=\"succeeded\"") == counters.Unauthorized);
    }

    private static async Task<long> SumAsync(GatewayFleet fleet, string series, string label)
    {
        var metrics = await Task.WhenAll(fleet.Gateways.Select(gateway => gateway.Client.GetStringAsync(new Uri(gateway.Management, "/metrics"))));
        return metrics.Sum(text => Read(text, series, label));
    }

    private static long Read(string metrics, string series, string label) => metrics.Split('\n')
        .Where(line => line.StartsWith(series, StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal))
        .Sum(line => long.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 2)..].Split(' ')[0], CultureInfo.InvariantCulture));
}
