using System.Globalization;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// When tokens die, from what a provider says about it. An odd value is passed over, never an error: it must not cost the pair.
/// </summary>
internal static class TokenExpiry
{
    /// <summary>No life is longer: a value beyond this is in another unit, or nonsense.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>Of epoch values, those from here on are milliseconds (1973); as seconds it would be the year 5138.</summary>
    private const double FirstEpochMilliseconds = 1e11;

    /// <summary>The earlier of remaining and absolute; else the token's own, if it is a JWT; else <c>DefaultExpiresIn</c>.</summary>
    public static DateTimeOffset OfAccessToken(
        AnswerFields fields, Secret? accessToken, DateTimeOffset requestedAt, CredentialSettings settings) =>
        Earlier(
            After(fields.Scalar("expires_in"), requestedAt, settings.TokenExpiryUnit),
            At(fields.Scalar("access_token_expiry"), requestedAt))
        ?? OfJwt(accessToken, requestedAt)
        ?? requestedAt + settings.DefaultExpiresIn;

    /// <summary>The earlier of remaining and absolute; null when the provider does not say.</summary>
    public static DateTimeOffset? OfRefreshToken(AnswerFields fields, DateTimeOffset requestedAt, CredentialSettings settings) =>
        Earlier(
            After(fields.Scalar("refresh_token_expires_in") ?? fields.Scalar("refresh_expires_in"), requestedAt, settings.TokenExpiryUnit),
            At(fields.Scalar("refresh_token_expiry"), requestedAt));

    /// <summary>A remaining life; null when it is missing, not a number, not above zero, or longer than ten years in any unit.</summary>
    public static TimeSpan? Remaining(string? value, ExpiryUnit unit)
    {
        if (Number(value) is not { } number)
        {
            return null;
        }

        var seconds = unit == ExpiryUnit.Milliseconds ? number / 1000 : number;
        if (seconds > Longest.TotalSeconds)
        {
            seconds = number / 1000;
        }

        return IsLife(seconds) ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>A time in epoch seconds or milliseconds; null unless it is up to ten years after <paramref name="from"/>.</summary>
    public static DateTimeOffset? At(string? value, DateTimeOffset from)
    {
        if (Number(value) is not { } number)
        {
            return null;
        }

        var seconds = number >= FirstEpochMilliseconds ? number / 1000 : number;
        var left = seconds - (from - DateTimeOffset.UnixEpoch).TotalSeconds;
        return IsLife(left) ? from + TimeSpan.FromSeconds(left) : null;
    }

    /// <summary>What a token says of its own expiry, if it is a JWT (RFC 7519 §4.1.4) and its <c>exp</c> lies ahead.</summary>
    public static DateTimeOffset? OfJwt(Secret? accessToken, DateTimeOffset requestedAt) =>
        accessToken is null ? null : At(JwtPayload.Read(accessToken.Reveal())?.Scalar("exp"), requestedAt);

    private static DateTimeOffset? After(string? value, DateTimeOffset from, ExpiryUnit unit) => from + Remaining(value, unit);

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other < one ? other ?? one : one;

    private static bool IsLife(double seconds) => seconds >= TimeSpan.FromMilliseconds(1).TotalSeconds && seconds <= Longest.TotalSeconds;

    private static double? Number(string? value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
