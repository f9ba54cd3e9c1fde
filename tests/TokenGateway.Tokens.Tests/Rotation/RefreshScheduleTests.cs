using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Tests.Records;

namespace TokenGateway.Tokens.Tests.Rotation;

public sealed class RefreshScheduleTests
{
    [Theory]
    [InlineData("15.00:00:00", "1.00:00:00")] // 20 % would be 3 days: at most 24 h
    [InlineData("2.00:00:00", "09:36:00")] // 20 %
    [InlineData("01:00:00", "00:16:30")] // patience, lease and endpoint timeout
    [InlineData("00:20:00", "00:10:00")] // at most half
    [InlineData("00:00:02", "00:00:01")]
    public void The_default_leaves_time_for_a_crash_to_be_waited_out_and_at_most_half_the_life(string lifetime, string expected) =>
        Assert.Equal(TimeSpan.Parse(expected), RefreshSchedule.RefreshBefore(SettingsSamples.Credential(), TimeSpan.Parse(lifetime)));

    [Fact]
    public void A_configured_lead_counts_as_it_is()
    {
        var settings = SettingsSamples.Credential() with { RefreshBefore = TimeSpan.FromMilliseconds(1500) };

        Assert.Equal(TimeSpan.FromMilliseconds(1500), RefreshSchedule.RefreshBefore(settings, TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Jitter_only_ever_makes_it_earlier()
    {
        var settings = SettingsSamples.Credential() with { RefreshBefore = TimeSpan.FromMinutes(10), RefreshJitter = 0.1 };
        var record = RecordSamples.Ready();

        Assert.Equal(record.AccessTokenExpiresAt.AddMinutes(-10), RefreshSchedule.DueAt(settings, record, record.AccessTokenExpiresAt, 0));
        Assert.Equal(record.AccessTokenExpiresAt.AddMinutes(-10.5), RefreshSchedule.DueAt(settings, record, record.AccessTokenExpiresAt, 0.5));
    }

    [Fact]
    public void A_lead_longer_than_the_life_does_not_make_a_new_token_due_at_once()
    {
        var settings = SettingsSamples.Credential() with { RefreshBefore = TimeSpan.FromDays(1) };
        var record = RecordSamples.Ready();

        Assert.Equal(record.IssuedAt.AddMinutes(6), RefreshSchedule.DueAt(settings, record, record.AccessTokenExpiresAt, 1));
    }

    [Fact]
    public void An_idle_refresh_token_is_kept_alive()
    {
        var settings = SettingsSamples.Credential() with { MaxIdle = TimeSpan.FromMinutes(5) };
        var record = RecordSamples.Ready();

        Assert.Equal(record.IssuedAt.AddMinutes(5), RefreshSchedule.DueAt(settings, record, record.AccessTokenExpiresAt, 0));
    }

    [Theory]
    [InlineData("01:00:00", 5000)]
    [InlineData("00:00:20", 2000)]
    [InlineData("00:00:02", 200)]
    public void The_clock_skew_takes_at_most_a_tenth_of_the_life(string lifetime, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), RefreshSchedule.ClockSkew(SettingsSamples.Credential(), TimeSpan.Parse(lifetime)));
}
