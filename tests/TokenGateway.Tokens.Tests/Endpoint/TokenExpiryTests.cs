using System.Buffers.Text;
using System.Globalization;
using System.Text;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Tests.Endpoint;

/// <summary>Units, absolute times and odd values: when a token dies, by what a provider says.</summary>
public sealed class TokenExpiryTests
{
    private const double Default = 3600;

    [Theory]
    [InlineData("1291911023", "Milliseconds", 1291911.023)] // the seed's sample: 14.95 days
    [InlineData("1209600000", "Milliseconds", 1209600.0)] // 14 days
    [InlineData("86400000", "Milliseconds", 86400.0)] // 1 day, by magnitude alone 1,000 days
    [InlineData("2000", "Milliseconds", 2.0)]
    [InlineData("1", "Milliseconds", 0.001)]
    [InlineData("1296000", "Seconds", 1296000.0)]
    [InlineData("3599.5", "Seconds", 3599.5)]
    [InlineData(" 3600 ", "Seconds", 3600.0)]
    [InlineData("2", "Seconds", 2.0)]
    [InlineData("2592000", "ByMagnitude", 2592000.0)]
    [InlineData("2592000000", "ByMagnitude", 2592000.0)]
    [InlineData("1291911023", "Seconds", 1291911.023)] // 41 years
    [InlineData("315360000", "Seconds", 315360000.0)] // ten years
    [InlineData("0", "Seconds", null)]
    [InlineData("-5", "Seconds", null)]
    [InlineData("1e-9", "Seconds", null)]
    [InlineData("1e400", "Seconds", null)]
    [InlineData("9999999999999999", "Seconds", null)]
    [InlineData("9999999999999999", "Milliseconds", null)]
    [InlineData("NaN", "Seconds", null)]
    [InlineData("Infinity", "Seconds", null)]
    [InlineData("", "Seconds", null)]
    [InlineData("soon", "Seconds", null)]
    [InlineData("true", "Seconds", null)]
    [InlineData(null, "Seconds", null)]
    public void Remaining_life_is_read_in_its_unit(string? value, string unit, double? seconds) =>
        Assert.Equal(seconds, TokenExpiry.Remaining(value, Enum.Parse<ExpiryUnit>(unit))?.TotalSeconds);

    [Theory]
    [InlineData("""{"expires_in":600}""", 600)]
    [InlineData("""{"expires_in":"600"}""", 600)]
    [InlineData("""{"expires_in":600,"access_token_expiry":$+300000}""", 300)]
    [InlineData("""{"expires_in":600,"access_token_expiry":"$+300000"}""", 300)]
    [InlineData("""{"expires_in":600,"access_token_expiry":$+900000}""", 600)]
    [InlineData("""{"access_token_expiry":"$+900000"}""", 900)]
    [InlineData("""{"expires_in":0,"access_token_expiry":$+900000}""", 900)]
    [InlineData("""{"expires_in":600,"access_token_expiry":$-1000}""", 600)] // a clock that runs behind must not kill the token at birth
    [InlineData("""{"expires_in":600,"access_token_expiry":"tomorrow"}""", 600)]
    [InlineData("""{"expires_in":600,"access_token_expiry":99999999999999999}""", 600)]
    [InlineData("""{"expiresIn":600}""", 600)]
    [InlineData("""{"ExpiresIn":"600"}""", 600)]
    [InlineData("""{"expires_in":"$+900000"}""", 900)] // a moment, in milliseconds
    [InlineData("""{"expires_in":$-1000}""", Default)] // a moment that has just passed is no life of 56 years
    [InlineData("""{"expires_in":1728000000}""", 1728000)] // 20 days in milliseconds: as a moment it has long passed
    [InlineData("""{"expires_in":315360000}""", 315360000)] // ten years
    [InlineData("""{"expires_at":$+900000}""", 900)]
    [InlineData("""{"expires_at":"2026-01-10T00:15:00Z"}""", 900)]
    [InlineData("""{"expires_at":"2026-01-10T01:15:00.000+01:00"}""", 900)]
    [InlineData("""{"expires_at":"2026-01-10 00:15:00"}""", 900)]
    [InlineData("""{"expires_at":"Sat, 10 Jan 2026 00:15:00 GMT"}""", 900)]
    [InlineData("""{"expires_at":"2026-01-09T00:15:00Z"}""", Default)]
    [InlineData("""{"expires_on":"$+900000"}""", 900)]
    [InlineData("""{"expiration":$+900000}""", 900)]
    [InlineData("""{"expires_at":900}""", 900)] // a life under the name of a moment
    [InlineData("""{"expires_in":"2026-01-10T00:15:00Z"}""", 900)]
    [InlineData("""{}""", Default)]
    [InlineData("""{"expires_in":0}""", Default)]
    [InlineData("""{"expires_in":-1}""", Default)]
    [InlineData("""{"expires_in":null}""", Default)]
    [InlineData("""{"expires_in":"NaN"}""", Default)]
    [InlineData("""{"expires_in":{"s":600}}""", Default)]
    [InlineData("""{"expires_in":[600]}""", Default)]
    [InlineData("""{"expires_in":99999999999999999999}""", Default)]
    [InlineData("""{"expires_in":1e309}""", Default)]
    [InlineData("""{"access_token_expiry":$-1000}""", Default)]
    public void Access_token_dies_at_the_earlier_of_what_is_said_and_after_the_default_where_nothing_is(string json, double seconds) =>
        Assert.Equal(TestProvider.Now.AddSeconds(seconds), OfAccessToken(json, "opaque"));

    [Theory]
    [InlineData("expires_in")]
    [InlineData("expires_at")]
    [InlineData("expires_on")]
    [InlineData("expiration")]
    public void Moment_in_epoch_seconds_is_understood_under_any_name(string name) =>
        Assert.Equal(TestProvider.Now.AddSeconds(900), OfAccessToken($$"""{"{{name}}":{{TestProvider.Now.ToUnixTimeSeconds() + 900}}}""", "opaque"));

    [Theory]
    [InlineData("""{"expires_in":1296000000}""", 1296000)] // 15 days
    [InlineData("""{"expires_in":1790000000}""", 1790000)] // as seconds it would be a moment of this year
    [InlineData("""{"expires_in":$+900000}""", 900)]
    public void Life_in_milliseconds_stays_one_where_the_preset_says_so(string json, double seconds) =>
        Assert.Equal(
            TestProvider.Now.AddSeconds(seconds),
            TokenExpiry.OfAccessToken(Fields(json), null, TestProvider.Now, TestProvider.Settings() with { TokenExpiryUnit = ExpiryUnit.Milliseconds }));

    [Fact]
    public void Id_token_dies_by_its_own_word_where_it_is_the_bearer()
    {
        var settings = TestProvider.Settings() with { BearerFrom = BearerFrom.IdToken };
        var token = new Secret(Jwt($$"""{"exp":{{TestProvider.Now.ToUnixTimeSeconds() + 300}}}"""));

        Assert.Equal(TestProvider.Now.AddSeconds(300), TokenExpiry.OfAccessToken(Fields("""{"expires_in":600}"""), token, TestProvider.Now, settings));
    }

    [Fact]
    public void Absolute_time_in_epoch_seconds_is_understood() =>
        Assert.Equal(TestProvider.Now.AddSeconds(900), OfAccessToken($$"""{"access_token_expiry":{{TestProvider.Now.ToUnixTimeSeconds() + 900}}}""", "opaque"));

    [Theory]
    [InlineData("{}", 900, 900)]
    [InlineData("""{"expires_in":600}""", 900, 600)]
    [InlineData("""{"expires_in":1200}""", 900, 1200)]
    [InlineData("""{"expires_in":0}""", 900, 900)]
    [InlineData("{}", -900, Default)]
    public void Jwt_s_own_expiry_counts_where_the_answer_says_nothing(string json, int exp, double seconds) =>
        Assert.Equal(
            TestProvider.Now.AddSeconds(seconds),
            OfAccessToken(json, Jwt($$"""{"sub":"x","exp":{{TestProvider.Now.ToUnixTimeSeconds() + exp}}}""")));

    [Theory]
    [InlineData("a.b.c")]
    [InlineData("..")]
    [InlineData("a.!!!.c")]
    [InlineData("a.bm90IGpzb24.c")]
    [InlineData("a.b.c.d.e")]
    public void Token_that_only_looks_like_a_jwt_has_the_default(string token) =>
        Assert.Equal(TestProvider.Now.AddSeconds(Default), OfAccessToken("{}", token));

    [Theory]
    [InlineData("""{}""", null)]
    [InlineData("""{"refresh_token_expires_in":7776000}""", 7776000.0)]
    [InlineData("""{"refresh_expires_in":"1800"}""", 1800.0)]
    [InlineData("""{"refresh_token_expiry":"$+600000"}""", 600.0)]
    [InlineData("""{"refresh_token_expiry":$+600000,"refresh_token_expires_in":300}""", 300.0)]
    [InlineData("""{"x_refresh_token_expires_in":8726400}""", 8726400.0)]
    [InlineData("""{"refreshTokenExpiresIn":"1800"}""", 1800.0)]
    [InlineData("""{"refresh_token_expires_at":"$+600000"}""", 600.0)]
    [InlineData("""{"refreshTokenExpiresAt":"2026-01-10T00:10:00Z"}""", 600.0)]
    [InlineData("""{"refresh_token_expires_in":630720000}""", 630720000.0)] // twenty years are twenty years
    [InlineData("""{"refresh_token_expires_in":$+600000}""", 600.0)]
    [InlineData("""{"refresh_expires_in":0}""", null)]
    [InlineData("""{"refresh_token_expiry":"never"}""", null)]
    public void Refresh_token_s_death_is_known_only_where_it_is_said(string json, double? seconds) =>
        Assert.Equal(
            seconds is { } s ? TestProvider.Now.AddSeconds(s) : null,
            TokenExpiry.OfRefreshToken(Fields(json), TestProvider.Now, TestProvider.Settings()));

    private static DateTimeOffset OfAccessToken(string json, string token) =>
        TokenExpiry.OfAccessToken(Fields(json), new Secret(token), TestProvider.Now, TestProvider.Settings());

    /// <summary>In the text, $ and an offset in milliseconds stand for a point in time.</summary>
    private static GrantFields Fields(string json)
    {
        var at = json.IndexOf('$', StringComparison.Ordinal);
        if (at >= 0)
        {
            var offset = new string(json.Skip(at + 1).TakeWhile(c => char.IsDigit(c) || c is '+' or '-').ToArray());
            var time = TestProvider.Now.ToUnixTimeMilliseconds() + long.Parse(offset, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            json = json.Replace("$" + offset, time.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        return new GrantFields(AnswerFields.Read(Encoding.UTF8.GetBytes(json)), TestProvider.Settings());
    }

    private static string Jwt(string payload) => $"eyJhbGciOiJIUzI1NiJ9.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.c2ln";
}
