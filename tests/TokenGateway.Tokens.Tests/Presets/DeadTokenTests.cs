namespace TokenGateway.Tokens.Tests.Presets;

/// <summary>A refresh token that the provider has revoked, under each preset.</summary>
public sealed class DeadTokenTests
{
    [Theory]
    [MemberData(nameof(PresetTests.Presets), MemberType = typeof(PresetTests))]
    public async Task A_dead_refresh_token_is_known_as_one_and_not_sent_again(string name)
    {
        await using var fleet = await PresetFleet.StartAsync(name);
        var replica = await fleet.AddLiveReplicaAsync();

        fleet.Simulator.RevokeFamily(fleet.Seed.Family);
        var report = await replica.RotateAsync();
        await replica.PollsAsync(3);

        Assert.Equal((RotationOutcome.Rejected, CredentialState.ReauthorizationRequired), (report.Outcome, replica.Status.State));
        Assert.Equal(
            (2L, fleet.Simulator.Options.RotateRefreshTokens ? 1 : 2),
            (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Provider.MostPresentationsOfOneRefreshToken));
    }
}
