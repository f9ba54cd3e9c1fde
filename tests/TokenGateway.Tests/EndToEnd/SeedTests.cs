using TokenGateway.Simulator;

namespace TokenGateway.Tests.EndToEnd;

/// <summary>A seed is only a seed.</summary>
public sealed class SeedTests
{
    [Fact]
    public async Task A_restart_with_the_old_seed_sends_nothing_that_was_spent()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions());
        var before = await fleet.First.CredentialAsync();
        Assert.Equal(0, await fleet.First.TerminateAsync());

        var again = await fleet.StartGatewayAsync();
        await again.UntilActiveAsync();
        using var answer = await again.GetAsync();

        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
        Assert.Equal(before.GetProperty("fingerprint").GetString(), (await again.CredentialAsync()).GetProperty("fingerprint").GetString());
    }

    [Fact]
    public async Task A_crash_and_a_restart_with_the_old_seed_send_nothing_that_was_spent()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions());
        await fleet.First.KillAsync();

        var again = await fleet.StartGatewayAsync();
        await again.UntilActiveAsync();

        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task A_new_seed_in_a_file_is_adopted_without_a_restart_and_no_request_fails_meanwhile()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions());
        var old = (await fleet.First.CredentialAsync()).GetProperty("fingerprint").GetString();

        fleet.WriteSeed(fleet.Simulator.IssueSeed().RefreshToken);
        await fleet.First.UntilAsync(status =>
        {
            using var answer = fleet.First.GetAsync().GetAwaiter().GetResult();
            Assert.True(answer.IsSuccessStatusCode);
            return status.GetProperty("fingerprint").GetString() != old;
        });

        Assert.Equal(0, fleet.Simulator.Counters.Reuses);
        Assert.Equal([1, 1], fleet.Simulator.Provider.Families.Select(family => family.Generation));
    }

    [Fact]
    public async Task A_seed_that_was_spent_is_refused_with_a_message_that_names_the_setting_and_never_sent()
    {
        await using var fleet = await GatewayFleet.StartAsync(new SimulatorOptions());
        var first = File.ReadAllText(fleet.SeedFile).Trim();
        fleet.WriteSeed(fleet.Simulator.IssueSeed().RefreshToken);
        await fleet.First.UntilAsync(_ => fleet.Simulator.Counters.Rotations == 2);

        fleet.WriteSeed(first);
        var status = await fleet.First.UntilAsync(status => status.TryGetProperty("problem", out var problem) && problem.GetString() is not null);

        Assert.Contains("TokenGateway:Credentials:plum:RefreshTokenFile", status.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Contains("already spent", status.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
        Assert.Equal("active", status.GetProperty("state").GetString());
    }
}
