using CsCheck;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Rotation;
using Xunit.Abstractions;
using static TokenGateway.Tokens.Tests.Records.RecordSamples;

namespace TokenGateway.Tokens.Tests.Properties;

/// <summary>When a refresh token that may be spent may be sent again.</summary>
public sealed class DoubtRulesTests(ITestOutputHelper output)
{
    private static readonly Gen<TimeSpan> Span = Gen.Int[1, 100_000_000].Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds));

    private static readonly Gen<CredentialSettings> Settings = Gen.Select(Span, Span, Span, (timeout, patience, grace) =>
        SettingsSamples.Credential() with { TokenEndpointTimeout = timeout, Patience = patience, ReuseGrace = grace });

    /// <summary>Attempts as they come, one after the other, each with its own deadline, which need not be in the order of their beginnings.</summary>
    private static readonly Gen<CredentialRecord> Record = Gen.Select(Span, Span, Gen.Bool).List[1, CredentialRecord.MaxAttempts].Select(spans =>
    {
        var at = Noon;
        var attempts = new List<Attempt>();
        foreach (var (gap, length, doubtful) in spans)
        {
            at += gap;
            attempts.Add(new Attempt($"attempt_{attempts.Count}", "replica_1", at, at + length, doubtful));
        }

        return Ready() with { Attempts = attempts };
    });

    private static readonly Gen<DateTimeOffset> Moment = Gen.Long[-100_000_000, 2_000_000_000].Select(milliseconds => Noon.AddMilliseconds(milliseconds));

    private readonly Property _property = new(output);

    [Fact]
    public void Where_a_reuse_revokes_the_family_nobody_resends_before_patience_is_over_or_while_the_access_token_lives() =>
        _property.Holds(Gen.Select(Settings, Record, Moment, Moment), sample =>
        {
            var (settings, record, dyingAt, now) = sample;

            var earliest = Earliest(settings, ReusePolicy.RevokesFamily, record, dyingAt, now);

            Assert.All(record.Attempts, attempt => Assert.True(earliest >= attempt.SendBy + settings.TokenEndpointTimeout + settings.Patience));
            Assert.True(earliest >= dyingAt);
        });

    [Fact]
    public void Where_a_reuse_fails_no_resend_comes_while_a_response_may_be_on_its_way() =>
        _property.Holds(Gen.Select(Settings, Record, Moment, Moment), sample =>
        {
            var (settings, record, dyingAt, now) = sample;

            var earliest = Earliest(settings, ReusePolicy.Rejected, record, dyingAt, now);

            Assert.All(
                record.Attempts.Where(attempt => !attempt.Doubtful), attempt => Assert.True(earliest >= attempt.SendBy + settings.TokenEndpointTimeout));
            Assert.True(earliest <= Earliest(settings, ReusePolicy.RevokesFamily, record, dyingAt, now));
        });

    [Fact]
    public void Grace_makes_a_resend_sooner_inside_it_and_changes_nothing_outside() =>
        _property.Holds(Gen.Select(Settings, Record, Moment, Moment), sample =>
        {
            var (settings, record, dyingAt, now) = sample;
            var otherwise = Earliest(settings, ReusePolicy.RevokesFamily, record, dyingAt, now);

            var earliest = Earliest(settings, ReusePolicy.Grace, record, dyingAt, now);

            if (now >= record.Attempts[0].StartedAt + settings.ReuseGrace)
            {
                Assert.Equal(otherwise, earliest);
                return;
            }

            Assert.True(earliest <= otherwise);
            Assert.True(record.Attempts.Count < 2 || earliest >= record.Attempts[^1].StartedAt.AddSeconds(1), "The provider is hammered.");
        });

    [Fact]
    public void Another_attempt_never_makes_a_resend_earlier() =>
        _property.Holds(Gen.Select(Settings, Record, Moment, Gen.Enum<ReusePolicy>()), sample =>
        {
            var (settings, record, dyingAt, policy) = sample;
            var now = record.Attempts[0].StartedAt;
            var before = record with { Attempts = [.. record.Attempts.SkipLast(1)] };

            Assert.True(Earliest(settings, policy, before, dyingAt, now) <= Earliest(settings, policy, record, dyingAt, now));
        });

    [Fact]
    public void An_access_token_is_about_to_die_before_it_dies() =>
        _property.Holds(Gen.Select(Settings, Span, Moment), sample =>
        {
            var (settings, lifetime, expiresAt) = sample;
            var record = Ready() with { AccessTokenExpiresAt = Noon + lifetime };

            var dyingAt = InDoubtPolicy.DyingAt(settings, record, expiresAt);

            Assert.True(dyingAt <= expiresAt - settings.TokenEndpointTimeout && dyingAt <= expiresAt - (lifetime * 0.05));
        });

    private static DateTimeOffset Earliest(
        CredentialSettings settings, ReusePolicy policy, CredentialRecord record, DateTimeOffset dyingAt, DateTimeOffset now) =>
        InDoubtPolicy.EarliestResend(settings with { ReusePolicy = policy }, record, dyingAt, now);
}
