using TokenGateway.Simulator.Faults;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Tests.Rotation;

namespace TokenGateway.Tokens.Tests.Presets;

/// <summary>A token response that is lost, under each preset: what its reuse policy says is done, and nothing more.</summary>
public sealed class LostResponseTests
{
    /// <summary>Where a spent refresh token may be sent once more for a while.</summary>
    public static TheoryData<string> Forgiving => [.. ProviderPresets.BuiltIn.All.Where(preset => preset.ReusePolicy == ReusePolicy.Grace).Select(preset => preset.Name)];

    public static TheoryData<string> Strict => [.. ProviderPresets.BuiltIn.All.Where(preset => preset.ReusePolicy == ReusePolicy.RevokesFamily).Select(preset => preset.Name)];

    /// <summary>Where sending a refresh token again costs nothing.</summary>
    public static TheoryData<string> Lasting => [.. ProviderPresets.BuiltIn.All.Where(preset => preset.ReusePolicy == ReusePolicy.Rejected).Select(preset => preset.Name)];

    [Theory]
    [MemberData(nameof(Lasting))]
    public async Task A_lost_response_is_asked_for_again_where_a_reuse_costs_nothing(string name)
    {
        await using var fleet = await PresetFleet.StartAsync(name, change: null, new FasterTime(20));
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: true));

        Assert.Equal(RotationOutcome.InDoubt, (await replica.RotateAsync()).Outcome);
        await replica.UntilAsync(status => status is { Generation: 2, State: CredentialState.Active });

        Assert.Equal(0, fleet.Simulator.Counters.Reuses);
        fleet.Check(await replica.GetTokenAsync());
    }

    [Theory]
    [MemberData(nameof(Forgiving))]
    public async Task A_lost_answer_is_asked_for_once_more_within_the_grace_and_costs_nothing(string name)
    {
        await using var fleet = await PresetFleet.StartAsync(name);
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: true));

        Assert.Equal(RotationOutcome.InDoubt, (await replica.RotateAsync()).Outcome);
        await replica.UntilAsync(status => status is { Generation: 2, State: CredentialState.Active });

        Assert.Equal((1L, 0L), (fleet.Simulator.Counters.ReusesInGrace, fleet.Simulator.Counters.Reuses));
        Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync()).Outcome);
        fleet.Check(await replica.GetTokenAsync());
    }

    [Theory]
    [MemberData(nameof(Strict))]
    public async Task A_lost_answer_leaves_the_refresh_token_alone_while_the_access_token_lives(string name)
    {
        await using var fleet = await PresetFleet.StartAsync(name);
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: true));

        Assert.Equal(RotationOutcome.InDoubt, (await replica.RotateAsync()).Outcome);
        await replica.PollsAsync(5);

        Assert.Equal((CredentialState.InDoubt, true), (replica.Status.State, replica.Status.Usable));
        Assert.Equal((2L, 1), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Provider.MostPresentationsOfOneRefreshToken));
    }

    [Fact]
    public async Task Auth0_with_a_leeway_is_asked_again_within_it()
    {
        await using var fleet = await PresetFleet.StartAsync("auth0", options => options with { ReuseGrace = TimeSpan.FromSeconds(30) }, ("ReusePolicy", "Grace"), ("ReuseGrace", "00:00:30"));
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: true));

        await replica.RotateAsync();
        await replica.UntilAsync(status => status is { Generation: 2, State: CredentialState.Active });

        Assert.Equal((1L, 0L), (fleet.Simulator.Counters.ReusesInGrace, fleet.Simulator.Counters.Reuses));
    }
}
