using System.Net;
using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;
using Xunit.Abstractions;

namespace TokenGateway.Tests.EndToEnd;

/// <summary>The main job, with the published executable: tokens are attached and rotated, and nobody notices.</summary>
public sealed class MainJobTests(ITestOutputHelper output)
{
    private const int Clients = 64;
    private static readonly TimeSpan LoadTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenRequests = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData("Embedded")]
    [InlineData("Redis")]
    public async Task Three_gateways_on_one_store_rotate_two_second_tokens_under_load_and_no_request_fails(string store)
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(2) }, store, replicas: 3);

        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => AskAsync(fleet.Gateways[client % 3])));

        // Nothing rotates any more while the two ends of each rotation are compared.
        await Task.WhenAll(fleet.Gateways.Select(gateway => gateway.TerminateAsync()));
        var counters = fleet.Simulator.Counters;
        var statuses = answers.SelectMany(list => list).GroupBy(status => status).ToDictionary(group => group.Key, group => group.Count());
        output.WriteLine($"{store}: {string.Join(", ", statuses.Select(pair => $"{pair.Value} x {(int)pair.Key}"))}; {counters.Rotations} rotations");
        Assert.Equal([HttpStatusCode.OK], statuses.Keys);
        Assert.True(statuses[HttpStatusCode.OK] > Clients * 200, "the load was not applied");
        Assert.Equal(0, counters.Naked);
        Assert.Equal(0, counters.Unauthorized);
        Assert.Equal(0, counters.Reuses);
        Assert.Equal(1, counters.Provider.MostPresentationsOfOneRefreshToken);
        Assert.True(counters.Rotations >= 15, $"only {counters.Rotations} rotations");
        Assert.Equal(counters.Rotations, fleet.Simulator.Provider.Families.Single().Generation);
        Assert.Equal(counters.Rotations, counters.TokenCalls);
    }

    [Fact]
    public async Task Every_replica_tells_the_rotations_of_all_and_who_made_them()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions(), replicas: 2, credential: plum => plum["MinRefreshInterval"] = "00:00:00");

        for (var i = 0; i < 2; i++)
        {
            await fleet.Gateways[i].UntilAsync(status => status.GetProperty("generation").GetInt64() == i + 1);
            using var rotated = await fleet.Gateways[i].Client.PostAsync(new Uri(fleet.Gateways[i].Management, "/api/credentials/plum/rotate"), null);
            rotated.EnsureSuccessStatusCode();
        }

        var histories = await Task.WhenAll(fleet.Gateways.Select(async gateway => (await gateway.CredentialAsync()).GetProperty("history").EnumerateArray().ToList()));
        Assert.Equal([3L, 2L, 1L], histories[0].Select(rotation => rotation.GetProperty("generation").GetInt64()));
        Assert.NotEqual(histories[0][0].GetProperty("by").GetString(), histories[0][1].GetProperty("by").GetString());
        Assert.Equal(histories[0].Select(rotation => rotation.GetRawText()), histories[1].Select(rotation => rotation.GetRawText()));
    }

    [Fact]
    public async Task Ten_thousand_requests_that_arrive_at_a_dead_token_cost_one_rotation_and_are_all_answered()
    {
        await using var fleet = await GatewayFleet.CreateAsync(new SimulatorOptions());
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang());
        var gateway = await fleet.StartGatewayAsync(credential => credential["RequestWait"] = "00:01:00");
        gateway.Client.Timeout = TimeSpan.FromMinutes(2);

        var requests = Enumerable.Range(0, 10_000).Select(_ => gateway.GetAsync()).ToList();
        await fleet.Simulator.Events.WaitAsync(seen => seen.Kind == EventKind.Hanging, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        Assert.Equal(0, fleet.Simulator.Counters.UpstreamRequests);
        fleet.Simulator.Faults.Release();
        var answers = await Task.WhenAll(requests);

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
        Assert.Equal(10_000, fleet.Simulator.Counters.UpstreamRequests);
        Assert.Equal(0, fleet.Simulator.Counters.Naked);
    }

    private static async Task<List<HttpStatusCode>> AskAsync(GatewayProcess gateway)
    {
        var statuses = new List<HttpStatusCode>();
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(BetweenRequests, TimeProvider.System);
        while (TimeProvider.System.GetElapsedTime(started) < LoadTime)
        {
            using var answer = await gateway.GetAsync();
            statuses.Add(answer.StatusCode);
            await timer.WaitForNextTickAsync();
        }

        return statuses;
    }
}
