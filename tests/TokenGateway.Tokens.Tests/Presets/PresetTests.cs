using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Tests.Configuration;
using TokenGateway.Tokens.Tests.Rotation;

namespace TokenGateway.Tokens.Tests.Presets;

/// <summary>Each preset, as a user names it, against the simulator's variant that behaves as that provider is documented to.</summary>
public sealed class PresetTests
{
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    public static TheoryData<string> Presets => [.. ProviderPresets.BuiltIn.All.Select(preset => preset.Name)];

    /// <summary>Where a spent refresh token may be sent once more for a while.</summary>
    public static TheoryData<string> Forgiving => [.. ProviderPresets.BuiltIn.All.Where(preset => preset.ReusePolicy == ReusePolicy.Grace).Select(preset => preset.Name)];

    public static TheoryData<string> Strict => [.. ProviderPresets.BuiltIn.All.Where(preset => preset.ReusePolicy == ReusePolicy.RevokesFamily).Select(preset => preset.Name)];

    /// <summary>Where sending a refresh token again costs nothing.</summary>
    public static TheoryData<string> Lasting => [.. ProviderPresets.BuiltIn.All.Where(preset => preset.ReusePolicy == ReusePolicy.Rejected).Select(preset => preset.Name)];

    [Fact]
    public void Every_preset_has_a_variant() => Assert.Equal(ProviderPresets.BuiltIn.All.Select(preset => preset.Name).Order(StringComparer.Ordinal), ProviderVariants.Names);

    [Theory]
    [MemberData(nameof(Presets))]
    public async Task Rotates_and_spends_each_refresh_token_once_and_knows_how_long_tokens_live(string name)
    {
        await using var fleet = await StartAsync(name);
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

    [Theory]
    [MemberData(nameof(Presets))]
    public async Task A_dead_refresh_token_is_known_as_one_and_not_sent_again(string name)
    {
        await using var fleet = await StartAsync(name);
        var replica = await fleet.AddLiveReplicaAsync();

        fleet.Simulator.RevokeFamily(fleet.Seed.Family);
        var report = await replica.RotateAsync();
        await replica.PollsAsync(3);

        Assert.Equal((RotationOutcome.Rejected, CredentialState.ReauthorizationRequired), (report.Outcome, replica.Status.State));
        Assert.Equal(
            (2L, fleet.Simulator.Options.RotateRefreshTokens ? 1 : 2),
            (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Provider.MostPresentationsOfOneRefreshToken));
    }

    [Theory]
    [MemberData(nameof(Lasting))]
    public async Task A_lost_response_is_asked_for_again_where_a_reuse_costs_nothing(string name)
    {
        await using var fleet = await StartAsync(name, change: null, new FasterTime(20));
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
        await using var fleet = await StartAsync(name);
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
        await using var fleet = await StartAsync(name);
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
        await using var fleet = await StartAsync("auth0", options => options with { ReuseGrace = TimeSpan.FromSeconds(30) }, ("ReusePolicy", "Grace"), ("ReuseGrace", "00:00:30"));
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Drop(AfterProcessing: true));

        await replica.RotateAsync();
        await replica.UntilAsync(status => status is { Generation: 2, State: CredentialState.Active });

        Assert.Equal((1L, 0L), (fleet.Simulator.Counters.ReusesInGrace, fleet.Simulator.Counters.Reuses));
    }

    [Fact]
    public async Task GitLabs_rotation_kills_the_old_access_token_and_whoever_still_holds_it_gets_the_new_one_without_another_rotation()
    {
        await using var fleet = await StartAsync("gitlab");
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
        await using var fleet = await StartAsync("gitlab");
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
        await using var fleet = await StartAsync("gitlab", options => options with { AccessTokenLifetime = TimeSpan.FromMinutes(20) });
        var replica = await fleet.AddLiveReplicaAsync();
        var assumed = replica.Status.AccessTokenExpiresAt - fleet.Time.GetUtcNow();

        await replica.Manager.ValidateAsync(Fleet.Name, CancellationToken.None);

        Assert.InRange(assumed!.Value, TimeSpan.FromHours(2) - Slack, TimeSpan.FromHours(2));
        Assert.InRange(replica.Status.AccessTokenExpiresAt!.Value - fleet.Time.GetUtcNow(), TimeSpan.FromMinutes(20) - Slack, TimeSpan.FromMinutes(20));
    }

    [Fact]
    public async Task Exact_is_asked_in_the_last_half_minute_only()
    {
        await using var fleet = await StartAsync("exact", options => options with { MinRotationInterval = TimeSpan.FromMinutes(9.5) }, new FasterTime(100));
        fleet.Credential = fleet.Credential with { MinRefreshInterval = ProviderPresets.BuiltIn.Find("exact")!.MinRefreshInterval!.Value };
        var replica = await fleet.AddLiveReplicaAsync();

        var asked = await replica.RotateAsync();
        await replica.UntilAsync(status => status is { Generation: 2, State: CredentialState.Active });

        Assert.Equal(RotationOutcome.Forbidden, asked.Outcome);
        Assert.Equal((2L, 0L), (fleet.Simulator.Counters.Rotations, fleet.Simulator.Counters.Provider.RateLimited));
    }

    private static Task<Fleet> StartAsync(string name, Func<SimulatorOptions, SimulatorOptions>? change = null, params (string Key, string? Value)[] settings) =>
        StartAsync(name, change, time: null, settings);

    private static async Task<Fleet> StartAsync(
        string name, Func<SimulatorOptions, SimulatorOptions>? change, TimeProvider? time, params (string Key, string? Value)[] settings)
    {
        // Rotations that a test asks for follow each other at once.
        var options = ProviderVariants.Find(name) with { MinRotationInterval = TimeSpan.Zero };
        var fleet = await Fleet.StartAsync(change?.Invoke(options) ?? options, time: time);
        var url = fleet.Simulator.BaseUrl + (name == "okta" ? "/oauth2/default" : "");
        var like = fleet.Credential;
        fleet.Credential = SettingsFixture.ReadPlum([
            ("Preset", name), ("OAuthUrl", url), ("TokenEndpoint", name == "generic" ? url + "/token" : null),
            ("ClientId", like.ClientId), ("ClientSecret", like.ClientSecret.Value!.Reveal()), ("RefreshToken", fleet.Seed.RefreshToken), .. settings]) with
        {
            MinRefreshInterval = TimeSpan.Zero,
            TokenEndpointTimeout = like.TokenEndpointTimeout,
            LeaseDuration = like.LeaseDuration,
            Patience = like.Patience,
            Validation = like.Validation,
        };
        return fleet;
    }
}
