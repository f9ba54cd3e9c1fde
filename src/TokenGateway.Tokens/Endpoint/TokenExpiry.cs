using System.Globalization;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// When tokens die, from what a provider says about it. An odd value is passed over, never an error: it must not cost the pair.
/// </summary>
internal static class TokenExpiry
{
    /// <summary>No access token lives longer: a value beyond this is in another unit, or nonsense.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>Some refresh tokens live for twenty years.</summary>
    private static readonly TimeSpan LongestOfRefreshToken = TimeSpan.FromDays(36500);

    /// <summary>A moment that has only just passed is one of a clock that runs behind, and no remaining life.</summary>
    private static readonly TimeSpan JustPassed = TimeSpan.FromDays(365);

    /// <summary>Remaining seconds from here on (three years) are an epoch, if that lies ahead.</summary>
    private const double FirstEpochSeconds = 1e8;

    /// <summary>Of epoch values, those from here on are milliseconds (1973); as seconds it would be the year 5138.</summary>
    private const double FirstEpochMilliseconds = 1e11;

    /// <summary>The earliest end that the response names; else the token's own, if it is a JWT; else <c>DefaultExpiresIn</c>.</summary>
    public static DateTimeOffset OfAccessToken(
        GrantFields fields, Secret? accessToken, DateTimeOffset requestedAt, CredentialSettings settings)
    {
        var said = Earliest(fields.BearerLife, requestedAt, settings, Longest);
        var own = settings.BearerFrom == BearerFrom.IdToken || said is null ? OfJwt(accessToken, requestedAt) : null;
        return Earlier(said, own) ?? requestedAt + settings.DefaultExpiresIn;
    }

    /// <summary>The earliest end that the response names; null when the provider does not say.</summary>
    public static DateTimeOffset? OfRefreshToken(GrantFields fields, DateTimeOffset requestedAt, CredentialSettings settings) =>
        Earliest(fields.RefreshTokenLife, requestedAt, settings, LongestOfRefreshToken);

    /// <summary>A remaining life; null when it is missing, not a number, not above zero, or longer than ten years in any unit.</summary>
    public static TimeSpan? Remaining(string? value, ExpiryUnit unit) => Remaining(value, unit, Longest);

    private static TimeSpan? Remaining(string? value, ExpiryUnit unit, TimeSpan longest)
    {
        if (Number(value) is not { } number)
        {
            return null;
        }

        var seconds = unit == ExpiryUnit.Milliseconds ? number / 1000 : number;
        if (seconds > longest.TotalSeconds)
        {
            seconds = number / 1000;
        }

        return IsLife(seconds, longest) ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>A time in epoch seconds or milliseconds; null unless it is up to ten years after <paramref name="from"/>.</summary>
    public static DateTimeOffset? At(string? value, DateTimeOffset from) => Number(value) is { } number ? At(number, from, Longest) : null;

    private static DateTimeOffset? At(double number, DateTimeOffset from, TimeSpan longest)
    {
        var left = SecondsUntil(number, from);
        return IsLife(left, longest) ? from + TimeSpan.FromSeconds(left) : null;
    }

    private static double SecondsUntil(double epoch, DateTimeOffset from) =>
        (epoch >= FirstEpochMilliseconds ? epoch / 1000 : epoch) - (from - DateTimeOffset.UnixEpoch).TotalSeconds;

    /// <summary>The end that a field names which ought to hold a remaining life, and may hold a moment instead.</summary>
    private static DateTimeOffset? AfterLife(string value, DateTimeOffset from, ExpiryUnit unit, TimeSpan longest)
    {
        if (Number(value) is not { } number)
        {
            return AtDate(value, from, longest);
        }

        var mayBeEpoch = unit == ExpiryUnit.Milliseconds ? Remaining(value, unit, longest) is null : number > FirstEpochSeconds;
        if (mayBeEpoch && At(number, from, longest) is { } moment)
        {
            return moment;
        }

        var justPassed = mayBeEpoch && SecondsUntil(number, from) is var left && left <= 0 && left > -JustPassed.TotalSeconds;
        return justPassed ? null : from + Remaining(value, unit, longest);
    }

    /// <summary>The end that a field names which ought to hold a moment, and may hold a remaining life instead.</summary>
    private static DateTimeOffset? AtEnd(string value, DateTimeOffset from, TimeSpan longest) =>
        Number(value) is not { } number ? AtDate(value, from, longest)
        : number > FirstEpochSeconds ? At(number, from, longest)
        : from + Remaining(value, ExpiryUnit.Seconds, longest);

    /// <summary>A moment as ISO 8601 or HTTP writes it; in UTC where it names no zone.</summary>
    private static DateTimeOffset? AtDate(string value, DateTimeOffset from, TimeSpan longest) =>
        value.Length >= "2026-01-01".Length
        && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
        && IsLife((moment - from).TotalSeconds, longest) ? moment.ToUniversalTime() : null;

    private static DateTimeOffset? Earliest(
        (IEnumerable<string> Lives, IEnumerable<string> Ends) said, DateTimeOffset from, CredentialSettings settings, TimeSpan longest) =>
        said.Lives.Select(life => AfterLife(life, from, settings.TokenExpiryUnit, longest))
            .Concat(said.Ends.Select(end => AtEnd(end, from, longest)))
            .Min();

    /// <summary>What a token says of its own expiry, if it is a JWT (RFC 7519 §4.1.4) and its <c>exp</c> lies ahead.</summary>
    public static DateTimeOffset? OfJwt(Secret? accessToken, DateTimeOffset requestedAt) =>
        accessToken is null ? null : At(JwtPayload.Read(accessToken.Reveal())?.Scalar("exp"), requestedAt);

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other < one ? other ?? one : one;

    private static bool IsLife(double seconds, TimeSpan longest) =>
        seconds >= TimeSpan.FromMilliseconds(1).TotalSeconds && seconds <= longest.TotalSeconds;

    private static double? Number(string? value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
