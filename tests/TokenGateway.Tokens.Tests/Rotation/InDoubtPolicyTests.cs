using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Tests.Records;

namespace TokenGateway.Tokens.Tests.Rotation;

public sealed class InDoubtPolicyTests
{
    private static readonly DateTimeOffset Noon = RecordSamples.Noon;
    private static readonly DateTimeOffset SendBy = RecordSamples.Attempt().SendBy;

    private static DateTimeOffset Earliest(
        CredentialSettings settings, int attempts = 1, DateTimeOffset? dyingAt = null, DateTimeOffset? now = null)
    {
        var record = RecordSamples.Ready() with
        {
            Attempts = [.. Enumerable.Range(0, attempts).Select(n => RecordSamples.Attempt($"attempt_{n}"))],
        };
        return InDoubtPolicy.EarliestResend(settings, record, dyingAt ?? DateTimeOffset.MinValue, now ?? Noon.AddMinutes(1));
    }

    [Fact]
    public void Nothing_in_doubt_may_be_sent_at_once() => Assert.Equal(DateTimeOffset.MinValue, Earliest(SettingsSamples.Credential(), attempts: 0));

    [Fact]
    public void A_provider_that_revokes_families_is_not_sent_the_token_again_before_the_patience_has_run() =>
        Assert.Equal(SendBy + TimeSpan.FromSeconds(30) + TimeSpan.FromMinutes(15), Earliest(SettingsSamples.Credential()));

    [Fact]
    public void Nor_before_the_access_token_is_about_to_die() =>
        Assert.Equal(Noon.AddHours(2), Earliest(SettingsSamples.Credential(), dyingAt: Noon.AddHours(2)));

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 4)]
    [InlineData(5, 8)]
    [InlineData(6, 15)]
    [InlineData(50, 15)]
    public void Resends_that_stay_in_doubt_come_at_growing_distances(int attempts, int minutes) =>
        Assert.Equal(
            Earliest(SettingsSamples.Credential()) + TimeSpan.FromMinutes(minutes), Earliest(SettingsSamples.Credential(), attempts));

    [Fact]
    public void Where_reuse_merely_fails_the_deadline_and_the_answers_time_are_waited_for_and_no_patience() =>
        Assert.Equal(SendBy + TimeSpan.FromSeconds(30), Earliest(SettingsSamples.Credential() with { ReusePolicy = ReusePolicy.Rejected }));

    [Theory]
    [InlineData(2, 1)]
    [InlineData(4, 4)]
    [InlineData(50, 30)]
    public void Where_reuse_merely_fails_a_provider_that_stays_in_trouble_is_asked_at_growing_distances(int attempts, int seconds)
    {
        var settings = SettingsSamples.Credential() with { ReusePolicy = ReusePolicy.Rejected };
        var record = RecordSamples.Ready() with { Attempts = [.. Enumerable.Range(0, attempts).Select(n => RecordSamples.Attempt($"attempt_{n}", doubtful: true))] };

        Assert.Equal(Noon.AddSeconds(seconds), InDoubtPolicy.EarliestResend(settings, record, DateTimeOffset.MinValue, Noon.AddMinutes(1)));
        Assert.Equal(DateTimeOffset.MinValue, InDoubtPolicy.EarliestResend(settings, record with { Attempts = [record.Attempts[0]] }, Noon.AddHours(1), Noon));
        Assert.Equal(
            SendBy + TimeSpan.FromSeconds(30),
            InDoubtPolicy.EarliestResend(settings, record with { Attempts = [record.Attempts[0], RecordSamples.Attempt()] }, Noon.AddHours(1), Noon));
    }

    [Fact]
    public void Within_the_grace_the_token_is_sent_again_at_once()
    {
        var settings = SettingsSamples.Credential() with { ReusePolicy = ReusePolicy.Grace, ReuseGrace = TimeSpan.FromMinutes(2) };

        Assert.Equal(DateTimeOffset.MinValue, Earliest(settings, now: Noon.AddSeconds(89)));
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(6, 16)]
    [InlineData(50, 30)]
    public void A_provider_that_stays_in_trouble_is_not_hammered_within_the_grace(int attempts, int seconds)
    {
        var settings = SettingsSamples.Credential() with { ReusePolicy = ReusePolicy.Grace, ReuseGrace = TimeSpan.FromMinutes(2) };

        Assert.Equal(Noon.AddSeconds(seconds), Earliest(settings, attempts));
    }

    [Fact]
    public void A_short_grace_is_used_by_half()
    {
        var settings = SettingsSamples.Credential() with { ReusePolicy = ReusePolicy.Grace, ReuseGrace = TimeSpan.FromSeconds(40) };
        var inDoubt = RecordSamples.Ready() with { Attempts = [RecordSamples.Attempt()] };

        Assert.Equal(Noon.AddSeconds(20), InDoubtPolicy.AllowedUntil(settings, inDoubt, Noon.AddSeconds(19)));
    }

    [Fact]
    public void After_the_grace_a_resend_would_be_a_reuse_and_waits_as_long_as_any_other()
    {
        var settings = SettingsSamples.Credential() with { ReusePolicy = ReusePolicy.Grace, ReuseGrace = TimeSpan.FromMinutes(2) };

        Assert.Equal(Earliest(SettingsSamples.Credential()), Earliest(settings, now: Noon.AddSeconds(90)));
    }

    [Fact]
    public void What_only_the_grace_allows_is_allowed_until_it_could_no_longer_arrive_within_it_and_anything_else_has_no_end()
    {
        var settings = SettingsSamples.Credential() with { ReusePolicy = ReusePolicy.Grace, ReuseGrace = TimeSpan.FromMinutes(2) };
        var inDoubt = RecordSamples.Ready() with { Attempts = [RecordSamples.Attempt()] };
        var parentInDoubt = RecordSamples.Ready() with { Attempts = [RecordSamples.Attempt() with { OnParent = true }] };

        Assert.Equal(Noon.AddSeconds(90), InDoubtPolicy.AllowedUntil(settings, inDoubt, Noon.AddSeconds(89)));
        Assert.Equal(DateTimeOffset.MaxValue, InDoubtPolicy.AllowedUntil(settings, inDoubt, Noon.AddSeconds(90)));
        Assert.Equal(DateTimeOffset.MaxValue, InDoubtPolicy.AllowedUntil(settings, parentInDoubt, Noon.AddSeconds(89)));
        Assert.Equal(DateTimeOffset.MaxValue, InDoubtPolicy.AllowedUntil(settings, RecordSamples.Ready(), Noon));
        Assert.Equal(DateTimeOffset.MaxValue, InDoubtPolicy.AllowedUntil(settings with { ReusePolicy = ReusePolicy.Rejected }, inDoubt, Noon));
    }
}
