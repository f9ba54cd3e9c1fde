using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Rotation;

/// <summary>When the clock asks for a rotation. No oftener: every rotation is an exposure.</summary>
internal static class RefreshSchedule
{
    /// <summary>Jitter and configuration never push the rotation earlier than this share of the lifetime before expiry, so that a new token is never due at once.</summary>
    private const double LargestShare = 0.9;

    private static readonly TimeSpan LongestDefault = TimeSpan.FromHours(24);

    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    /// <param name="settings">The credential.</param>
    /// <param name="record">Its record.</param>
    /// <param name="expiresAt">The access token's expiry, as corrected by validation.</param>
    /// <param name="jitter">From 0 up to 1, drawn once per generation and replica.</param>
    public static DateTimeOffset DueAt(CredentialSettings settings, CredentialRecord record, DateTimeOffset expiresAt, double jitter)
    {
        // Of a life that validation has found to be shorter, the shares are shorter too, or every new token would be due at once.
        var lifetime = expiresAt > record.IssuedAt ? Min(record.Lifetime, expiresAt - record.IssuedAt) : record.Lifetime;
        var before = RefreshBefore(settings, lifetime) * (1 + (settings.RefreshJitter * jitter));
        var due = expiresAt - Min(before, lifetime * LargestShare);
        return settings.MaxIdle is { } idle && record.IssuedAt + idle < due ? record.IssuedAt + idle : due;
    }

    /// <summary>
    /// How long before expiry: as configured, else 20 % of the lifetime, but early enough that a crash in the middle can be waited out
    /// (patience, lease and endpoint timeout), and at most half the lifetime and 24 h.
    /// </summary>
    public static TimeSpan RefreshBefore(CredentialSettings settings, TimeSpan lifetime)
    {
        if (settings.RefreshBefore is { } configured)
        {
            return configured;
        }

        var survival = settings.Patience + settings.LeaseDuration + settings.TokenEndpointTimeout;
        var wanted = lifetime * 0.2 > survival ? lifetime * 0.2 : survival;
        return Min(wanted, Min(lifetime / 2, LongestDefault));
    }

    /// <summary>
    /// When a rotation is allowed that the clock does not ask for. A provider that calls fresh tokens dead is asked ever more rarely, down to once an hour.
    /// </summary>
    public static DateTimeOffset AllowedAt(CredentialSettings settings, CredentialRecord record, int invalidInARow, DateTimeOffset now)
    {
        var interval = settings.MinRefreshInterval * Math.Pow(2, Math.Clamp(invalidInARow - 1, 0, 10));
        return record.Generation == 0 || ClockStep.IsToCome(record.IssuedAt, now) ? DateTimeOffset.MinValue : record.IssuedAt + Min(interval, LongestInterval);
    }

    /// <summary>The skew that is allowed for: as configured, but at most a tenth of the lifetime, so that short-lived tokens can be used at all.</summary>
    public static TimeSpan ClockSkew(CredentialSettings settings, TimeSpan lifetime) => Min(settings.ClockSkew, lifetime / 10);

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
