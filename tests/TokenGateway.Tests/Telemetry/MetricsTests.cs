using System.Net;
using TokenGateway.Simulator;
using TokenGateway.Tests.EndToEnd;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Telemetry;

/// <summary>What an operator's Prometheus reads, from the published executable.</summary>
public sealed class MetricsTests
{
    /// <summary>Names and labels that alerts and dashboards rely on.</summary>
    private static readonly Dictionary<string, string[]> Instruments = new(StringComparer.Ordinal)
    {
        ["tokengateway_rotations_total"] = ["credential", "outcome"],
        ["tokengateway_rotation_duration_seconds_count"] = ["credential", "outcome"],
        ["tokengateway_lease_wait_seconds_count"] = ["credential"],
        ["tokengateway_access_token_remaining_seconds"] = ["credential"],
        ["tokengateway_refresh_token_remaining_seconds"] = ["credential"],
        ["tokengateway_generation"] = ["credential"],
        ["tokengateway_state"] = ["credential", "state"],
        ["tokengateway_store_reachable"] = ["credential"],
        ["tokengateway_usable"] = ["credential"],
        ["tokengateway_validations_total"] = ["credential", "verdict"],
        ["tokengateway_upstream_unauthorized_total"] = ["credential"],
        ["tokengateway_retries_total"] = ["credential", "outcome"],
        ["tokengateway_requests_refused_total"] = ["code", "credential"],
    };

    [Fact]
    public async Task A_fleet_counts_each_rotation_once_under_the_documented_names()
    {
        await using var fleet = await GatewayFleet.StartAsync(
            new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(2) }, replicas: 2, credential: plum => plum["DefaultRefreshExpiresIn"] = "30.00:00:00");
        await fleet.First.UntilAsync(status => status.GetProperty("generation").GetInt64() >= 3);
        using (var proxied = await fleet.First.GetAsync())
        {
            Assert.Equal(HttpStatusCode.OK, proxied.StatusCode);
        }

        var scrapes = await ScrapeAsync(fleet);

        Assert.Equal(fleet.Simulator.Counters.Rotations, scrapes.Sum(scrape => scrape.Sum("tokengateway_rotations_total", "outcome=\"rotated\"")));
        Assert.All(scrapes, scrape => Assert.Equal(0, scrape.Sum("tokengateway_rotations_total", "outcome=\"in_doubt\"")));
        var busiest = scrapes.MaxBy(scrape => scrape.Sum("tokengateway_rotations_total", "outcome=\"rotated\""))!;
        Assert.All(Instruments, instrument => Assert.Equal(instrument.Value, busiest.LabelsOf(instrument.Key).Order(StringComparer.Ordinal)));
        Assert.InRange(busiest.Sum("tokengateway_access_token_remaining_seconds", "credential=\"plum\""), 0, 2);
        Assert.InRange(busiest.Sum("tokengateway_refresh_token_remaining_seconds", "credential=\"plum\""), TimeSpan.FromDays(29.9).TotalSeconds, TimeSpan.FromDays(30).TotalSeconds);
        Assert.True(busiest.Sum("tokengateway_validations_total", "credential=\"plum\"", "verdict=\"valid\"") > 0);
        Assert.Equal(1, busiest.Sum("tokengateway_state", "credential=\"plum\""));
        Assert.Equal(1, busiest.Sum("tokengateway_store_reachable", "credential=\"plum\""));
        Assert.Equal(1, busiest.Sum("tokengateway_usable", "credential=\"plum\""));
        Assert.DoesNotContain("otel_scope", busiest.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxied_requests_are_ASPNET_Cores_and_HttpClients_to_count_and_scrapes_are_not()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions());
        for (var i = 0; i < 3; i++)
        {
            using var answer = await fleet.First.GetAsync();
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var metrics = await ScrapeUntilAsync(fleet, metrics => metrics.Sum("http_server_request_duration_seconds_count") >= 3);

        Assert.Equal(3, metrics.Sum("http_server_request_duration_seconds_count"));
        Assert.Equal(3, metrics.Sum("http_client_request_duration_seconds_count", $"server_port=\"{new Uri(fleet.Simulator.UpstreamUrl).Port}\""));
        Assert.Equal(1, metrics.Sum("target_info", "service_name=\"tokengateway\""));

        // An address is no bounded label: a name may have any number of them in time.
        Assert.DoesNotContain("network_peer_address", metrics.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_refusal_is_counted_by_its_code()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        await fleet.Simulator.StopListeningAsync();
        var gateway = await fleet.StartGatewayAsync(credential => credential["RequestWait"] = "00:00:00.1");

        using var answer = await gateway.GetAsync();
        var metrics = await MetricsText.ReadAsync(gateway.Client, gateway.Management);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(1, metrics.Sum("tokengateway_requests_refused_total", "code=\"token_unavailable\"", "credential=\"plum\""));
        Assert.Equal(0, metrics.Sum("tokengateway_requests_refused_total", "code=\"reauthorization_required\""));
        Assert.DoesNotContain("tokengateway_access_token_remaining_seconds", metrics.Names);
        Assert.Equal(0, metrics.Sum("tokengateway_usable", "credential=\"plum\""));
    }

    [Fact]
    public async Task A_401_and_what_became_of_it_are_counted()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions(), credential: plum => plum["MinRefreshInterval"] = "00:00:00");
        fleet.Simulator.InvalidateAccessTokens(fleet.Simulator.Provider.Families.Single().Family);

        using var recovered = await fleet.First.GetAsync();
        var metrics = await ScrapeUntilAsync(fleet, metrics => metrics.Sum("tokengateway_retries_total") >= 1);

        Assert.Equal(HttpStatusCode.OK, recovered.StatusCode);
        Assert.Equal(1, metrics.Sum("tokengateway_upstream_unauthorized_total", "credential=\"plum\""));
        Assert.Equal(1, metrics.Sum("tokengateway_retries_total", "outcome=\"succeeded\""));
        Assert.Equal(1, metrics.Sum("tokengateway_retries_total"));
        Assert.Equal(1, metrics.Sum("tokengateway_validations_total", "verdict=\"invalid\""));
    }

    /// <summary>Requests are counted when they have ended, a moment after their answers have arrived.</summary>
    private static async Task<MetricsText> ScrapeUntilAsync(GatewayFleet fleet, Func<MetricsText, bool> holds)
    {
        MetricsText? metrics = null;
        await RunningGateway.WaitForAsync(async () => holds(metrics = (await ScrapeAsync(fleet)).Single()));
        return metrics!;
    }

    /// <summary>Both replicas at one moment between two rotations, so that their numbers can be compared with the provider's.</summary>
    private static async Task<List<MetricsText>> ScrapeAsync(GatewayFleet fleet)
    {
        while (true)
        {
            var before = fleet.Simulator.Counters.Rotations;
            var scrapes = new List<MetricsText>();
            foreach (var gateway in fleet.Gateways)
            {
                scrapes.Add(await MetricsText.ReadAsync(gateway.Client, gateway.Management));
            }

            var settled = scrapes.All(scrape => scrape.Sum("tokengateway_state", "state=\"rotating\"") == 0);
            if (settled && before == fleet.Simulator.Counters.Rotations)
            {
                return scrapes;
            }
        }
    }
}
