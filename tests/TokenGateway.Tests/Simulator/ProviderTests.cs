using Microsoft.Extensions.Time.Testing;
using TokenGateway.Simulator;
using TokenGateway.Simulator.OAuth;

namespace TokenGateway.Tests.Simulator;

/// <summary>The state machine alone: what only a clock or a sequence of calls shows.</summary>
public sealed class ProviderTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Rotate_within_the_grace_gives_a_fresh_successor_as_often_as_asked()
    {
        var provider = Make(new SimulatorOptions { ReuseGrace = TimeSpan.FromMinutes(10) });
        var seed = provider.IssueSeed();
        var first = Granted(provider, seed.RefreshToken);
        _time.Advance(TimeSpan.FromMinutes(5));

        var second = Granted(provider, seed.RefreshToken);
        var third = Granted(provider, seed.RefreshToken);

        Assert.Equal(3, new[] { first, second, third }.Select(grant => grant.RefreshToken).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal((2, 0), (provider.Counters.ReusesInGrace, provider.Counters.Reuses));
        Granted(provider, third.RefreshToken!);
    }

    [Fact]
    public void Rotate_after_the_grace_revokes_the_family()
    {
        var provider = Make(new SimulatorOptions { ReuseGrace = TimeSpan.FromMinutes(10) });
        var seed = provider.IssueSeed();
        var first = Granted(provider, seed.RefreshToken);
        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.IsType<RotationResult.InvalidGrant>(Rotate(provider, seed.RefreshToken));
        Assert.IsType<RotationResult.InvalidGrant>(Rotate(provider, first.RefreshToken!));
        Assert.True(provider.Families.Single().IsRevoked);
    }

    [Fact]
    public void Rotate_an_older_token_than_the_previous_one_is_a_reuse_within_the_grace_too()
    {
        var provider = Make(new SimulatorOptions { ReuseGrace = TimeSpan.FromMinutes(10) });
        var seed = provider.IssueSeed();
        Granted(provider, Granted(provider, seed.RefreshToken).RefreshToken!);

        Assert.IsType<RotationResult.InvalidGrant>(Rotate(provider, seed.RefreshToken));
        Assert.Equal(1, provider.Counters.Reuses);
    }

    [Fact]
    public void Rotate_a_successor_that_a_retry_superseded_is_a_reuse()
    {
        var provider = Make(new SimulatorOptions { ReuseGrace = TimeSpan.FromMinutes(10) });
        var seed = provider.IssueSeed();
        var superseded = Granted(provider, seed.RefreshToken);
        Granted(provider, seed.RefreshToken);

        Assert.IsType<RotationResult.InvalidGrant>(Rotate(provider, superseded.RefreshToken!));
        Assert.Equal(1, provider.Counters.Reuses);
    }

    [Fact]
    public void Rotate_an_expired_refresh_token_is_refused_and_is_no_reuse()
    {
        var provider = Make(new SimulatorOptions { RefreshTokenLifetime = TimeSpan.FromDays(60) });
        var seed = provider.IssueSeed();
        _time.Advance(TimeSpan.FromDays(60));

        Assert.IsType<RotationResult.InvalidGrant>(Rotate(provider, seed.RefreshToken));
        Assert.Equal((1, 0), (provider.Counters.Refused, provider.Counters.Reuses));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rotate_kills_the_old_access_token_only_if_told_to(bool kill)
    {
        var provider = Make(new SimulatorOptions { KillOldAccessTokenOnRotation = kill });
        var seed = provider.IssueSeed(withAccessToken: true);

        var grant = Granted(provider, seed.RefreshToken);

        Assert.Equal(kill, provider.Check(seed.AccessToken) is null);
        Assert.NotNull(provider.Check(grant.AccessToken.Value));
    }

    [Fact]
    public void Rotate_without_rotation_of_refresh_tokens_keeps_the_old_one()
    {
        var provider = Make(new SimulatorOptions { RotateRefreshTokens = false });
        var seed = provider.IssueSeed();

        Assert.Null(Granted(provider, seed.RefreshToken).RefreshToken);
        Assert.Null(Granted(provider, seed.RefreshToken).RefreshToken);
        Assert.Equal(0, provider.Counters.Reuses);
    }

    [Fact]
    public void Check_calls_a_token_dead_from_its_expiry_on()
    {
        var provider = Make(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(20) });
        var seed = provider.IssueSeed(withAccessToken: true);

        _time.Advance(TimeSpan.FromSeconds(20) - TimeSpan.FromTicks(1));
        Assert.NotNull(provider.Check(seed.AccessToken));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(provider.Check(seed.AccessToken));
    }

    [Fact]
    public void Invalidate_kills_access_tokens_and_leaves_the_refresh_token()
    {
        var provider = Make(new SimulatorOptions());
        var seed = provider.IssueSeed(withAccessToken: true);
        var grant = Granted(provider, seed.RefreshToken);

        Assert.True(provider.InvalidateAccessToken(seed.AccessToken!));
        Assert.Null(provider.Check(seed.AccessToken));
        Assert.NotNull(provider.Check(grant.AccessToken.Value));

        Assert.True(provider.InvalidateAccessTokens(seed.Family));
        Assert.Null(provider.Check(grant.AccessToken.Value));
        Granted(provider, grant.RefreshToken!);
        Assert.False(provider.InvalidateAccessToken("unheard-of"));
        Assert.False(provider.RevokeFamily("unheard-of"));
    }

    [Fact]
    public void Events_tell_the_same_story_for_the_same_source_of_tokens()
    {
        var (one, other) = (Play(), Play());

        Assert.Equal(one.Tokens, other.Tokens);
        Assert.Equal(one.Events, other.Events);
        Assert.Equal(
            [EventKind.Seeded, EventKind.Rotated, EventKind.Reused, EventKind.FamilyRevoked, EventKind.Refused],
            one.Events.Select(happened => happened.Kind));

        static (string[] Tokens, IReadOnlyList<SimulatorEvent> Events) Play()
        {
            var next = 0;
            var provider = new Provider(new SimulatorOptions(), new FakeTimeProvider(), () => $"token_{++next}");
            var seed = provider.IssueSeed();
            var grant = Granted(provider, seed.RefreshToken);
            Rotate(provider, seed.RefreshToken);
            return ([seed.RefreshToken, grant.RefreshToken!, grant.AccessToken.Value], provider.Events.ToList());
        }
    }

    [Fact]
    public void IssueSeed_refuses_a_value_that_was_issued_before()
    {
        var provider = Make(new SimulatorOptions());
        provider.IssueSeed("seed-0");

        Assert.Throws<ArgumentException>(() => provider.IssueSeed("seed-0"));
    }

    [Fact]
    public void ToString_of_what_holds_a_token_does_not_show_it()
    {
        var provider = Make(new SimulatorOptions { ClientSecret = "hidden-value" });
        var seed = provider.IssueSeed("refresh-0", withAccessToken: true);
        var rotation = (RotationResult.Granted)provider.Rotate("refresh-0", "demo", "hidden-value");
        var validation = provider.Validate(rotation.AccessToken.Value);
        var printed = $"{seed} {rotation} {validation} {provider.Options} {string.Concat(provider.Events.ToList())}";

        foreach (var secret in new[] { "refresh-0", "hidden-value", seed.AccessToken!, rotation.AccessToken.Value, rotation.RefreshToken! })
        {
            Assert.DoesNotContain(secret, printed, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(OutOfBounds))]
    public void Options_out_of_bounds_are_refused_by_name(SimulatorOptions options, string name) =>
        Assert.StartsWith(name, Assert.Throws<ArgumentException>(() => Make(options)).Message, StringComparison.Ordinal);

    public static TheoryData<SimulatorOptions, string> OutOfBounds() => new()
    {
        { new SimulatorOptions { AccessTokenLifetime = TimeSpan.Zero }, "AccessTokenLifetime" },
        { new SimulatorOptions { RefreshTokenLifetime = TimeSpan.Zero }, "RefreshTokenLifetime" },
        { new SimulatorOptions { RateLimitWindow = TimeSpan.Zero }, "RateLimitWindow" },
        { new SimulatorOptions { ReuseGrace = TimeSpan.FromTicks(-1) }, "ReuseGrace" },
        { new SimulatorOptions { Latency = TimeSpan.FromTicks(-1) }, "Latency" },
        { new SimulatorOptions { MaxRotationsPerWindow = -1 }, "MaxRotationsPerWindow" },
        { new SimulatorOptions { MaxValidationsPerWindow = -1 }, "MaxValidationsPerWindow" },
        { new SimulatorOptions { InvalidGrantStatus = 302 }, "InvalidGrantStatus" },
        { new SimulatorOptions { ValidateFailureStatus = 600 }, "ValidateFailureStatus" },
        { new SimulatorOptions { ClientId = "" }, "ClientId" },
        { new SimulatorOptions { ClientSecret = "" }, "ClientSecret" },
    };

    private Provider Make(SimulatorOptions options) => new(options, _time);

    private static RotationResult Rotate(Provider provider, string refreshToken) =>
        provider.Rotate(refreshToken, provider.Options.ClientId, provider.Options.ClientSecret);

    private static RotationResult.Granted Granted(Provider provider, string refreshToken) =>
        Assert.IsType<RotationResult.Granted>(Rotate(provider, refreshToken));
}
