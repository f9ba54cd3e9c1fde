using CsCheck;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Tests.Records;
using Xunit.Abstractions;

namespace TokenGateway.Tokens.Tests.Properties;

/// <summary>When the clock asks for a rotation, and how long it rests after a failure.</summary>
public sealed class ScheduleRulesTests(ITestOutputHelper output)
{
    /// <summary>What floating point may lose on ten years.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(1);

    /// <summary>From 100 ms to ten years, as likely short as long.</summary>
    private static readonly Gen<TimeSpan> Lifetime = Gen.Double[Math.Log(0.1), Math.Log(3650d * 24 * 3600)].Select(x => TimeSpan.FromSeconds(Math.Exp(x)));

    private static readonly Gen<CredentialSettings> Settings = Gen.Select(
        Gen.Nullable(Lifetime), Gen.Nullable(Lifetime), Gen.Double.Unit, Gen.Int[0, 86_400], Gen.Int[0, 3_600], (before, idle, jitter, patience, skew) =>
            SettingsSamples.Credential() with
            {
                RefreshBefore = before,
                MaxIdle = idle,
                RefreshJitter = jitter,
                Patience = TimeSpan.FromSeconds(patience),
                ClockSkew = TimeSpan.FromSeconds(skew),
            });

    private readonly Property _property = new(output);

    [Fact]
    public void New_token_is_never_due_at_once_and_always_before_it_dies() =>
        _property.Holds(Gen.Select(Settings, Lifetime, Gen.Double.Unit), sample =>
        {
            var (settings, lifetime, jitter) = sample;
            var record = Record(lifetime);

            var due = RefreshSchedule.DueAt(settings, record, record.AccessTokenExpiresAt, jitter);

            var earliest = lifetime * 0.1;
            earliest = settings.MaxIdle < earliest ? settings.MaxIdle.Value : earliest;
            Assert.True(due >= record.IssuedAt + earliest - Tolerance, $"Due {due - record.IssuedAt} after it was issued.");
            Assert.True(due > record.IssuedAt && due < record.AccessTokenExpiresAt, $"Due {due - record.IssuedAt} of {lifetime}.");
        });

    [Fact]
    public void Later_jitter_and_longer_lead_never_make_it_later() =>
        _property.Holds(Gen.Select(Settings, Lifetime, Gen.Double.Unit, Gen.Double.Unit), sample =>
        {
            var (settings, lifetime, one, other) = sample;
            var record = Record(lifetime);

            var least = RefreshSchedule.DueAt(settings, record, record.AccessTokenExpiresAt, Math.Min(one, other));
            var most = RefreshSchedule.DueAt(settings, record, record.AccessTokenExpiresAt, Math.Max(one, other));
            var longer = RefreshSchedule.DueAt(
                settings with { RefreshBefore = RefreshSchedule.RefreshBefore(settings, lifetime) * 2 }, record, record.AccessTokenExpiresAt, Math.Max(one, other));

            Assert.True(most <= least && longer <= most, $"{least}, {most}, {longer}");
        });

    [Fact]
    public void Clock_skew_leaves_nine_tenths_of_every_life() =>
        _property.Holds(Gen.Select(Settings, Lifetime), sample =>
        {
            var (settings, lifetime) = sample;

            var skew = RefreshSchedule.ClockSkew(settings, lifetime);

            Assert.InRange(skew, TimeSpan.Zero, settings.ClockSkew);
            Assert.True(skew <= (lifetime * 0.1) + TimeSpan.FromTicks(1));
        });

    [Fact]
    public void Pause_after_a_failure_is_never_nothing_and_never_longer_than_half_a_minute_or_a_tenth_of_what_is_left() =>
        _property.Holds(Gen.Select(Gen.Int, Gen.OneOf(Lifetime, Gen.Const(TimeSpan.Zero), Lifetime.Select(life => -life)).List[1, 20]), sample =>
        {
            var (seed, lives) = sample;
            var backoff = new Backoff(new SeededRandom(seed));
            foreach (var left in lives)
            {
                var tenth = left > TimeSpan.Zero ? left / 10 : TimeSpan.MaxValue;
                tenth = tenth > TimeSpan.FromMilliseconds(100) ? tenth : TimeSpan.FromMilliseconds(100);

                var pause = backoff.Next(left);

                Assert.InRange(pause, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(30) < tenth ? TimeSpan.FromSeconds(30) : tenth);
            }
        });

    private static CredentialRecord Record(TimeSpan lifetime) =>
        RecordSamples.Ready() with { AccessTokenExpiresAt = RecordSamples.Noon + lifetime };
}
