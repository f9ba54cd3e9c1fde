using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Rotation;

/// <summary>When this process rotates next, from what it knows; the pauses that failures impose are put on top here.</summary>
internal sealed class RotationPlan(CredentialSettings settings, EngineContext engine, CredentialMemory memory, MonotonicClock clock)
{
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    private TimeSpan _notBefore;
    private Secret? _clientSecretInUse;
    private Secret? _refusedClientSecret;
    private bool _clientIsRefused;
    private volatile bool _asked;

    /// <summary>True while a caller of the management API waits for a rotation.</summary>
    public bool Asked
    {
        get => _asked;
        set => _asked = value;
    }

    /// <summary>No attempt within <paramref name="pause"/>, whatever asks for it.</summary>
    /// <returns>The moment from which one is allowed.</returns>
    public TimeSpan Pause(TimeSpan pause) => _notBefore = clock.Now + pause;

    public void Resume()
    {
        _notBefore = TimeSpan.Zero;
        _clientIsRefused = false;
    }

    /// <summary>An attempt begins: the client secret of now is the oldest one that it can use.</summary>
    public void Begin() => _clientSecretInUse = TryReadClientSecret();

    /// <summary>The provider does not accept this client: asking again is useless until the secret is another one.</summary>
    public void WaitForNewClientSecret() => (_clientIsRefused, _refusedClientSecret) = (true, _clientSecretInUse);

    /// <summary>True when a rotation that somebody asks for would have to wait for longer than <paramref name="atMost"/>, perhaps for ever.</summary>
    public bool IsHeldUp(TimeSpan atMost) => memory.View.Uncommitted || ClientIsRefused() || _notBefore - clock.Now > atMost;

    /// <summary>How long until the next rotation; <see cref="TimeSpan.MaxValue"/> where none is planned.</summary>
    public TimeSpan Delay()
    {
        var view = memory.View;
        if (view.Record is not { Rejection: null } record || view.Uncommitted || ClientIsRefused())
        {
            return TimeSpan.MaxValue;
        }

        var now = engine.Time.GetUtcNow();
        var due = DueAt(view, record, now);
        var pause = _notBefore - clock.Now;
        return due - now > pause ? due - now : pause;
    }

    /// <summary>When the clock or a verdict asks for a rotation, in our own time.</summary>
    public DateTimeOffset DueAt(CredentialView view, CredentialRecord record, DateTimeOffset now)
    {
        var due = Asked ? now
            : record.NeedsAccessToken || record.AccessToken is null ? Later(now, AllowedAt(record))
            : view.FoundInvalid ? AllowedAt(record)
            : ScheduledAt(view, record);
        if (record.Attempts.Count == 0)
        {
            return due;
        }

        var dyingAt = view.FoundInvalid ? DateTimeOffset.MinValue : InDoubtPolicy.DyingAt(settings, record, view.ExpiresAt);
        var storeNow = now + view.StoreOffset;
        var resend = InDoubtPolicy.EarliestResend(settings, record, dyingAt, storeNow);
        return resend > due ? resend - view.StoreOffset : due;
    }

    /// <summary>
    /// When a rotation is allowed that the clock does not ask for. A provider that calls fresh tokens dead is asked ever more rarely, down to once an hour.
    /// </summary>
    public DateTimeOffset AllowedAt(CredentialRecord record)
    {
        var interval = settings.MinRefreshInterval * Math.Pow(2, Math.Clamp(memory.View.InvalidInARow - 1, 0, 10));
        return record.Generation == 0 ? DateTimeOffset.MinValue : record.IssuedAt + (interval < LongestInterval ? interval : LongestInterval);
    }

    /// <summary>The clock's own rotations are bounded by the token's lifetime; where a verdict has taken most of that away, they are no longer the clock's own.</summary>
    private DateTimeOffset ScheduledAt(CredentialView view, CredentialRecord record)
    {
        var due = RefreshSchedule.DueAt(settings, record, view.ExpiresAt, view.Jitter);
        return view.ExpiresAt - record.IssuedAt < record.Lifetime / 2 ? Later(due, AllowedAt(record)) : due;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private bool ClientIsRefused() => _clientIsRefused && (TryReadClientSecret() is not { } secret || secret.Equals(_refusedClientSecret));

    private Secret? TryReadClientSecret()
    {
        try
        {
            return settings.ClientSecret.Read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // It cannot be had at this moment, so it is not a new one yet.
        }
    }
}
