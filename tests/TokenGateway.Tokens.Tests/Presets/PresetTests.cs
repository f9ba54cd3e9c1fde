using TokenGateway.Simulator;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Tests.Rotation;

namespace TokenGateway.Tokens.Tests.Presets;

/// <summary>Each preset, as a user names it, against the simulator's variant that behaves as that provider is documented to.</summary>
public sealed class PresetTests
{
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    public static TheoryData<string> Presets => [.. ProviderPresets.BuiltIn.All.Select(preset => preset.Name)];

    [Fact]
    public void Every_preset_has_a_variant() => Assert.Equal(ProviderPresets.BuiltIn.All.Select(preset => preset.Name).Order(StringComparer.Ordinal), ProviderVariants.Names);

    [Theory]
    [MemberData(nameof(Presets))]
    public async Task Rotates_and_spends_each_refresh_token_once_and_knows_how_long_tokens_live(string name)
    {
        await using var fleet = await PresetFleet.StartAsync(name);
        var replica = await fleet.AddLiveReplicaAsync();

        Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync()).Outcome);
        Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync()).Outcome);

        var (options, status, now) = (fleet.Simulator.Options, replica.Status, fleet.Time.GetUtcNow());
        Assert.Equal(3, fleet.Check(await replica.GetTokenAsync()).Generation);
        Assert.Equal((options.RotateRefreshTokens ? 1 : 3, 0L), (fleet.Simulator.Counters.Provider.MostPresentationsOfOneRefreshToken, fleet.Simulator.Counters.Provider.Refused));
        Assert.InRange(status.AccessTokenExpiresAt!.Value - now, options.AccessTokenLifetime - Slack, options.AccessTokenLifetime);
        Assert.Equal(options.RefreshTokenLifetime is null, status.RefreshTokenExpiresAt is null);
        Assert.InRange(status.RefreshTokenExpiresAt - now ?? Slack, (options.RefreshTokenLifetime ?? Slack) - Slack, options.RefreshTokenLifetime ?? Slack);
    }

    [Fact]
    public async Task GitLabs_rotation_kills_the_old_access_token_and_whoever_still_holds_it_gets_the_new_one_without_another_rotation()
    {
        await using var fleet = await PresetFleet.StartAsync("gitlab");
        var (one, other) = (await fleet.AddLiveReplicaAsync(), await fleet.AddLiveReplicaAsync());
        var old = (await other.GetTokenAsync()).Token!.Reveal();

        await one.RotateAsync();
        Assert.Null(fleet.Simulator.Provider.Check(old));
        var recovered = await other.Manager.RecoverAsync(Fleet.Name, old, TokenRefusal.Unexplained, CancellationToken.None);

        Assert.Equal(2, fleet.Simulator.Provider.Check(recovered!.Reveal())!.Generation);
        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task GitLabs_access_token_that_died_early_is_found_out_at_its_token_info()
    {
        await using var fleet = await PresetFleet.StartAsync("gitlab");
        var replica = await fleet.AddLiveReplicaAsync();
        var alive = await replica.Manager.ValidateAsync(Fleet.Name, CancellationToken.None);

        fleet.Simulator.InvalidateAccessTokens(fleet.Seed.Family);
        var dead = await replica.Manager.ValidateAsync(Fleet.Name, CancellationToken.None);
        await replica.UntilAsync(status => status is { Generation: 2, State: CredentialState.Active });

        Assert.Equal((ValidationVerdict.Valid, ValidationVerdict.Invalid), (alive.Verdict, dead.Verdict));
    }

    [Fact]
    public async Task GitLabs_token_info_corrects_the_expiry_that_the_answer_did_not_hold()
    {
        await using var fleet = await PresetFleet.StartAsync("gitlab", options => options with { AccessTokenLifetime = TimeSpan.FromMinutes(20) });
        var replica = await fleet.AddLiveReplicaAsync();
        var assumed = replica.Status.AccessTokenExpiresAt - fleet.Time.GetUtcNow();

        await replica.Manager.ValidateAsync(Fleet.Name, CancellationToken.None);

        Assert.InRange(assumed!.Value, TimeSpan.FromHours(2) - Slack, TimeSpan.FromHours(2));
        Assert.InRange(replica.Status.AccessTokenExpiresAt!.Value - fleet.Time.GetUtcNow(), TimeSpan.FromMinutes(20) - Slack, TimeSpan.FromMinutes(20));
    }

    [Fact]
    public async Task Exact_is_asked_in_the_last_half_minute_only()
    {
        await using var fleet = await PresetFleet.StartAsync("exact", options => options with { MinRotationInterval = TimeSpan.FromMinutes(9.5) }, new FasterTime(100));
        fleet.Credential = fleet.Credential with { MinRefreshInterval = ProviderPresets.BuiltIn.Find("exact")!.MinRefreshInterval!.Value };
        var replica = await fleet.AddLiveReplicaAsync();

        var asked = await replica.RotateAsync();
        await replica.UntilAsync(status => status is { Generation: 2, State: CredentialState.Active });

        Assert.Equal(RotationOutcome.Forbidden, asked.Outcome);
        Assert.Equal((2L, 0L), (fleet.Simulator.Counters.Rotations, fleet.Simulator.Counters.Provider.RateLimited));
    }
}
