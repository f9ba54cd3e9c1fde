using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// When a refresh token that may have been spent may be sent again. All times are the store's, so that replicas with different
/// clocks agree (docs/rotation.md, "In doubt").
/// </summary>
internal static class InDoubtPolicy
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(15);

    /// <summary>
    /// The earliest moment for the next attempt; <see cref="DateTimeOffset.MinValue"/> where nothing is in doubt.
    /// </summary>
    /// <param name="settings">The credential.</param>
    /// <param name="record">Its record, with the attempts that are not known to have ended.</param>
    /// <param name="dyingAt">When the access token is about to die: until then a resend has more to lose than to win.</param>
    /// <param name="now">The store's time.</param>
    public static DateTimeOffset EarliestResend(
        CredentialSettings settings, CredentialRecord record, DateTimeOffset dyingAt, DateTimeOffset now)
    {
        if (record.Attempts.Count == 0)
        {
            return DateTimeOffset.MinValue;
        }

        var lastSendBy = record.Attempts.Max(attempt => attempt.SendBy);
        return settings.ReusePolicy switch
        {
            // Nobody promises anything for a token that a later answer to its parent may have made void: whoever made that request gets the time to bring its answer.
            _ when record.Attempts.Any(attempt => attempt.OnParent) => Max(lastSendBy + settings.TokenEndpointTimeout + settings.Patience, dyingAt),

            // The provider promises that a retry within the grace is no reuse: the sooner the better, but a provider in trouble is not hammered.
            ReusePolicy.Grace when now < LastResend(settings, record) =>
                record.Attempts.Count < 2 ? DateTimeOffset.MinValue : record.Attempts[^1].StartedAt + GraceBackoff(record.Attempts.Count),

            // A reuse merely fails there: at once where every exchange has ended, else once no response can be on its way any more.
            ReusePolicy.Rejected when record.Attempts.All(attempt => attempt.Doubtful) =>
                record.Attempts.Count < 2 ? DateTimeOffset.MinValue : record.Attempts[^1].StartedAt + GraceBackoff(record.Attempts.Count),
            ReusePolicy.Rejected => record.Attempts.Where(attempt => !attempt.Doubtful).Max(attempt => attempt.SendBy) + settings.TokenEndpointTimeout,

            _ => Max(lastSendBy + settings.TokenEndpointTimeout + settings.Patience + Backoff(record.Attempts.Count), dyingAt),
        };
    }

    /// <summary>True while an owner that has not said how its attempt ended may still be waiting for the answer. All in the store's time.</summary>
    public static bool AnswerMayCome(CredentialSettings settings, CredentialRecord record, DateTimeOffset now) =>
        record.Attempts.Any(attempt => !attempt.Doubtful && attempt.SendBy + settings.TokenEndpointTimeout > now);

    /// <summary>True where the provider promises that sending this refresh token again is harmless: there is nothing to fall back from.</summary>
    public static bool MayResend(CredentialSettings settings, CredentialRecord record, DateTimeOffset now) =>
        !record.Attempts.Any(attempt => attempt.OnParent)
        && (settings.ReusePolicy == ReusePolicy.Rejected
        || (settings.ReusePolicy == ReusePolicy.Grace && now < LastResend(settings, record)));

    /// <summary>
    /// The latest moment at which what is allowed <paramref name="now"/> may be sent: with the grace ends what only the grace allows, however much of the lease is left.
    /// </summary>
    public static DateTimeOffset AllowedUntil(CredentialSettings settings, CredentialRecord record, DateTimeOffset now) =>
        settings.ReusePolicy == ReusePolicy.Grace && record.Attempts.Count > 0 && MayResend(settings, record, now)
            ? LastResend(settings, record)
            : DateTimeOffset.MaxValue;

    /// <summary>When the access token has less left than 5 % of its life or the endpoint's timeout, whichever is more.</summary>
    public static DateTimeOffset DyingAt(CredentialSettings settings, CredentialRecord record, DateTimeOffset expiresAt)
    {
        var share = record.Lifetime * 0.05;
        return expiresAt - (share > settings.TokenEndpointTimeout ? share : settings.TokenEndpointTimeout);
    }

    /// <summary>
    /// The grace is counted from the first intent, as the provider has counted from some moment after it; and a request that is as long on its way as it may be
    /// must arrive within it. A short grace is halved instead.
    /// </summary>
    private static DateTimeOffset LastResend(CredentialSettings settings, CredentialRecord record)
    {
        var half = settings.ReuseGrace / 2;
        return record.Attempts[0].StartedAt + settings.ReuseGrace - (half < settings.TokenEndpointTimeout ? half : settings.TokenEndpointTimeout);
    }

    /// <summary>Nothing before the first resend, then 1, 2, 4, 8 and at most 15 minutes.</summary>
    private static TimeSpan Backoff(int attempts)
    {
        if (attempts < 2)
        {
            return TimeSpan.Zero;
        }

        var backoff = FirstBackoff * Math.Pow(2, Math.Min(attempts - 2, 4));
        return backoff < LongestBackoff ? backoff : LongestBackoff;
    }

    /// <summary>1, 2, 4, 8, 16 and at most 30 s from the second resend on.</summary>
    private static TimeSpan GraceBackoff(int attempts) =>
        TimeSpan.FromSeconds(Math.Min(30, Math.Pow(2, Math.Min(attempts - 2, 5))));

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
