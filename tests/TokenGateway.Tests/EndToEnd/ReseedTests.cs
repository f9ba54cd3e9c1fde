using System.Text.Json;
using TokenGateway.Simulator;

namespace TokenGateway.Tests.EndToEnd;

/// <summary>A new refresh token, handed over by command to a gateway that runs.</summary>
public sealed class ReseedTests
{
    [Fact]
    public async Task Reseed_is_stored_reaches_every_replica_and_outlives_a_restart_with_the_old_seed()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions(), replicas: 2);
        var reseed = fleet.Simulator.IssueSeed();

        var (code, output) = await ReseedAsync(fleet, reseed.RefreshToken);
        var handedOver = await fleet.First.CredentialAsync();
        await fleet.Gateways[1].UntilAsync(status => Same(status, handedOver));
        foreach (var gateway in fleet.Gateways)
        {
            Assert.Equal(0, await gateway.TerminateAsync());
        }

        var calls = fleet.Simulator.Counters.TokenCalls;
        var again = await fleet.StartGatewayAsync();
        await again.UntilAsync(status => Same(status, handedOver) && status.GetProperty("problem").ValueKind == JsonValueKind.Null);
        using var answer = await again.GetAsync();

        Assert.Equal((0, true), (code, answer.IsSuccessStatusCode));
        Assert.Equal(calls, fleet.Simulator.Counters.TokenCalls);
        Assert.DoesNotContain(reseed.RefreshToken, output + again.Output + fleet.First.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_reseed_is_1_and_the_pair_before_it_serves_on()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions());
        var before = await fleet.First.CredentialAsync();

        var (code, output) = await ReseedAsync(fleet, "never_issued");
        using var answer = await fleet.First.GetAsync();

        Assert.Equal((1, true), (code, answer.IsSuccessStatusCode));
        Assert.Contains("The provider refused this refresh token.", output, StringComparison.Ordinal);
        Assert.True(Same(await fleet.First.CredentialAsync(), before));
    }

    private static bool Same(JsonElement one, JsonElement other) => one.GetProperty("fingerprint").GetString() == other.GetProperty("fingerprint").GetString();

    private static async Task<(int ExitCode, string Output)> ReseedAsync(GatewayFleet fleet, string refreshToken)
    {
        var file = Path.Combine(fleet.Folder, "new-refresh-token");
        await File.WriteAllTextAsync(file, refreshToken + "\n");
        return await GatewayProcess.RunAsync(
            "reseed", "plum", "--refresh-token-file", file, "--config", fleet.WriteConfiguration(), $"--TokenGateway:Management:Url={fleet.First.Management}");
    }
}
