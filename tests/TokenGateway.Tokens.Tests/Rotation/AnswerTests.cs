using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Tokens.Tests.Endpoint;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>Odd answers of a provider that has spent the refresh token: whatever else they lack, the pair is kept.</summary>
public sealed class AnswerTests
{
    [Fact]
    public async Task An_answer_without_a_refresh_token_keeps_the_old_one()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        var kept = replica.View.Record!.RefreshToken;
        fleet.Simulator.Faults.Token.Enqueue(new Fault.MissingRefreshToken());

        await replica.RotateAsync();
        Assert.Equal((2L, kept), (replica.Status.Generation, replica.View.Record!.RefreshToken));
        await replica.RotateAsync();

        Assert.Equal(3, fleet.Check(await replica.GetTokenAsync()).Generation);
        Assert.Equal(0, fleet.Simulator.Counters.Reuses);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("\"NaN\"")]
    [InlineData("1e300")]
    [InlineData(null)]
    public async Task An_odd_expiry_never_loses_the_pair(string? expiresIn)
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Expiry(expiresIn));
        var replica = await fleet.AddLiveReplicaAsync();

        var left = replica.Status.AccessTokenExpiresAt - fleet.Time.GetUtcNow();
        Assert.InRange(left!.Value, fleet.Credential.DefaultExpiresIn - TimeSpan.FromMinutes(1), fleet.Credential.DefaultExpiresIn);
        Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync()).Outcome);
        Assert.Equal(0, fleet.Simulator.Counters.Reuses);
    }

    [Fact]
    public async Task An_answer_cut_off_after_the_refresh_token_is_salvaged()
    {
        await using var fleet = await Fleet.StartAsync(new SimulatorOptions { ExpiryFields = ExpiryFields.Numbers });
        var token = new string('x', fleet.Seed.RefreshToken.Length);
        var upToTheRefreshToken = $$"""{"access_token":"{{token}}","token_type":"bearer","expires_in":3600,"refresh_token":"{{token}}","acc""";
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Truncate(upToTheRefreshToken.Length));
        var replica = await fleet.AddLiveReplicaAsync();

        Assert.Equal(1, fleet.Check(await replica.GetTokenAsync()).Generation);
        Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync()).Outcome);
        Assert.Equal((2, 0L), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Reuses));
    }

    [Fact]
    public async Task An_answer_with_a_refresh_token_only_is_kept_and_not_followed_by_another_call_before_MinRefreshInterval()
    {
        await using var provider = new RawServer(TestProvider.Http(200, """{"refresh_token":"refresh_token_2"}"""));
        await using var fleet = await Fleet.StartAsync();
        fleet.Credential = fleet.Credential with { TokenEndpoint = provider.Uri, MinRefreshInterval = TimeSpan.FromHours(1) };
        var first = await fleet.AddReplicaAsync();
        var second = await fleet.AddReplicaAsync();

        await first.UntilAsync(status => status is { Generation: 1, State: CredentialState.Active });
        await second.UntilAsync(status => status is { Generation: 1, State: CredentialState.Active });
        await first.UntilAsync(status => status.NextRotationAt > fleet.Time.GetUtcNow().AddMinutes(30));
        await second.PollsAsync(8);

        Assert.Equal("refresh_token_2", first.View.Record!.RefreshToken.Reveal());
        Assert.Single(provider.Connections);
        Assert.Equal(TokenFailureCode.TokenUnavailable, (await first.GetTokenAsync()).Failure!.Code);
    }
}
