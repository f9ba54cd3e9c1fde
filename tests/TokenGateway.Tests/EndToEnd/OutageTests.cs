using System.Net;
using System.Text.Json;
using TokenGateway.Simulator;

namespace TokenGateway.Tests.EndToEnd;

/// <summary>The provider goes away, and comes back.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task A_provider_that_is_away_longer_than_the_refresh_window_and_shorter_than_the_token_lives_costs_no_request()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = Lifetime });
        var generation = Generation(await fleet.First.CredentialAsync());
        await fleet.Simulator.StopListeningAsync();

        // The refresh window begins after half the life; the failure shows in the status.
        await fleet.First.UntilAsync(status => Succeeds(fleet) && Problem(status) is not null);
        await fleet.Simulator.StartListeningAsync();
        await fleet.First.UntilAsync(status => Succeeds(fleet) && Generation(status) > generation);

        Assert.Null(Problem(await fleet.First.CredentialAsync()));
        Assert.Equal(0, fleet.Simulator.Counters.Reuses + fleet.Simulator.Counters.Naked + fleet.Simulator.Counters.Unauthorized);
    }

    [Fact]
    public async Task A_dead_token_and_no_provider_give_503_with_a_code_and_a_time_and_it_recovers_by_itself()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(2) });
        await fleet.Simulator.StopListeningAsync();
        var upstream = 0L;
        await fleet.First.UntilAsync(_ =>
        {
            upstream = fleet.Simulator.Counters.UpstreamRequests;
            return !Succeeds(fleet);
        });

        using var refused = await fleet.First.GetAsync();
        var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal("token_unavailable", problem.GetProperty("code").GetString());
        Assert.Equal("plum", problem.GetProperty("credential").GetString());
        Assert.Equal(["token_unavailable"], refused.Headers.GetValues("TokenGateway-Error"));
        Assert.True(refused.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
        Assert.Equal(upstream, fleet.Simulator.Counters.UpstreamRequests);
        using var ready = await fleet.First.Client.GetAsync(new Uri(fleet.First.Management, "/readyz"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);

        await fleet.Simulator.StartListeningAsync();
        await fleet.First.UntilAsync(_ => Succeeds(fleet), TimeSpan.FromSeconds(40));
        Assert.Equal(0, fleet.Simulator.Counters.Reuses + fleet.Simulator.Counters.Naked + fleet.Simulator.Counters.Unauthorized);
    }

    private static bool Succeeds(GatewayFleet fleet)
    {
        using var answer = fleet.First.GetAsync().GetAwaiter().GetResult();
        return answer.IsSuccessStatusCode;
    }

    private static long Generation(JsonElement status) => status.GetProperty("generation").GetInt64();

    private static string? Problem(JsonElement status) => status.TryGetProperty("problem", out var problem) ? problem.GetString() : null;
}
