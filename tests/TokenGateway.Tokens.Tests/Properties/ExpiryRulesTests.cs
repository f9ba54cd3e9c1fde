using System.Globalization;
using System.Text;
using CsCheck;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using Xunit.Abstractions;

namespace TokenGateway.Tokens.Tests.Properties;

/// <summary>When tokens die, for whatever a provider says about it.</summary>
public sealed class ExpiryRulesTests(ITestOutputHelper output)
{
    private const long LongestSeconds = 3650L * 24 * 3600;
    private const double Tolerance = 0.002; // s; what floating point may lose on an epoch in milliseconds

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(LongestSeconds);
    private static readonly TimeSpan LongestOfRefreshToken = Longest * 10;

    private static readonly Gen<DateTimeOffset> Moment = Gen.Long[1_577_836_800_000, 4_102_444_800_000].Select(DateTimeOffset.FromUnixTimeMilliseconds);

    private static readonly Gen<CredentialSettings> Settings = Gen.Select(Gen.Enum<ExpiryUnit>(), Gen.Int[1, 100_000_000], (unit, life) =>
        SettingsSamples.Credential() with { TokenExpiryUnit = unit, DefaultExpiresIn = TimeSpan.FromSeconds(life) });

    /// <summary>Counts around every boundary that the rules have, and others.</summary>
    private static readonly Gen<long> Count = Gen.OneOf(
        Gen.Long[1, 1_000_000], Gen.Long[LongestSeconds - 2, LongestSeconds + 2], Gen.Long[(LongestSeconds * 1000) - 2, (LongestSeconds * 1000) + 2],
        Gen.Long[1, LongestSeconds * 2000]);

    private readonly Property _property = new(output);

    [Fact]
    public void Any_expiry_lies_after_the_request_and_within_ten_years() =>
        _property.Holds(Gen.Select(JsonDress.Expiry, JsonDress.Expiry, Moment, Settings), sample =>
        {
            var (remaining, absolute, at, settings) = sample;

            AssertLife(at, TokenExpiry.OfAccessToken(Answer(("expires_in", remaining), ("access_token_expiry", absolute)), null, at, settings), Longest);
            AssertLife(at, TokenExpiry.OfRefreshToken(Answer(("refresh_expires_in", remaining), ("refresh_token_expiry", absolute)), at, settings), LongestOfRefreshToken);
        });

    [Fact]
    public void Of_two_counts_the_earlier_one_decides() =>
        _property.Holds(Gen.Select(JsonDress.Expiry, JsonDress.Expiry, Moment, Settings), sample =>
        {
            var (remaining, absolute, at, settings) = sample;
            var both = TokenExpiry.OfRefreshToken(Answer(("refresh_token_expires_in", remaining), ("refresh_token_expiry", absolute)), at, settings);
            var one = TokenExpiry.OfRefreshToken(Answer(("refresh_token_expires_in", remaining)), at, settings);
            var other = TokenExpiry.OfRefreshToken(Answer(("refresh_token_expiry", absolute)), at, settings);

            Assert.Equal(new[] { one, other }.Min(), both);
        });

    [Fact]
    public void Remaining_life_is_counted_in_the_unit_of_the_provider_unless_it_would_be_longer_than_ten_years() =>
        _property.Holds(Gen.Select(Count, Gen.Enum<ExpiryUnit>()), sample =>
        {
            var (count, unit) = sample;
            var milliseconds = unit == ExpiryUnit.Milliseconds || count > LongestSeconds;
            var seconds = milliseconds ? count / 1000m : count;

            var life = TokenExpiry.Remaining(count.ToString(CultureInfo.InvariantCulture), unit);

            Assert.Equal(seconds > LongestSeconds, life is null);
            if (life is { } actual)
            {
                Assert.InRange((decimal)actual.TotalSeconds - seconds, -0.000001m, 0.000001m);
            }
        });

    [Fact]
    public void Of_two_counts_in_one_unit_the_longer_one_never_gives_the_shorter_life() =>
        _property.Holds(Gen.Select(Gen.Long[1, LongestSeconds], Gen.Long[1, LongestSeconds], Gen.Enum<ExpiryUnit>()), sample =>
        {
            var (one, other, unit) = sample;

            var shorter = TokenExpiry.Remaining(Math.Min(one, other).ToString(CultureInfo.InvariantCulture), unit);
            var longer = TokenExpiry.Remaining(Math.Max(one, other).ToString(CultureInfo.InvariantCulture), unit);

            Assert.True(shorter <= longer, $"{shorter} > {longer}");
        });

    [Fact]
    public void Moment_of_expiry_is_the_same_in_seconds_and_in_milliseconds_and_in_a_token() =>
        _property.Holds(Gen.Select(Moment, Gen.Long[1, LongestSeconds - 1]), sample =>
        {
            var (at, life) = sample;
            var end = at.ToUnixTimeSeconds() + life;
            var token = new Secret($"e30.{Base64(FormattableString.Invariant($"{{\"exp\":{end}}}"))}.x");

            var expected = DateTimeOffset.FromUnixTimeSeconds(end);
            if (expected - at < TimeSpan.FromMilliseconds(1))
            {
                return;
            }

            AssertClose(expected, TokenExpiry.At(end.ToString(CultureInfo.InvariantCulture), at));
            AssertClose(expected, TokenExpiry.At((end * 1000).ToString(CultureInfo.InvariantCulture), at));
            AssertClose(expected, TokenExpiry.OfJwt(token, at));
        });

    private static GrantFields Answer(params (string Name, string Json)[] members) => new(
        AnswerFields.Read(Encoding.UTF8.GetBytes($"{{{string.Join(',', members.Select(member => $"\"{member.Name}\":{member.Json}"))}}}")), SettingsSamples.Credential());

    private static string Base64(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.ASCII.GetBytes(text));

    private static void AssertClose(DateTimeOffset expected, DateTimeOffset? actual) =>
        Assert.InRange((actual!.Value - expected).TotalSeconds, -Tolerance, Tolerance);

    private static void AssertLife(DateTimeOffset from, DateTimeOffset? until, TimeSpan longest)
    {
        if (until is { } end)
        {
            Assert.InRange(end - from, TimeSpan.FromTicks(1), longest);
        }
    }
}
