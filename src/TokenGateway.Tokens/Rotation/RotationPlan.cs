using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Rotation;

/// <summary>When this process rotates next, from what it knows; the pauses that failures impose are put on top here.</summary>
internal sealed class RotationPlan(CredentialSettings settings, EngineContext engine, CredentialMemory memory, MonotonicClock clock)
{
    private TimeSpan _notBefore;
    private Secret? _clientSecretInUse;
    private Secret? _refusedClientSecret;
    private TimeSpan _clientRefusedUntil;
    private bool _clientIsRefused;
    private string? _pausedFamily;
    private volatile Ask? _asked;

    /// <summary>Settings that have changed may be what a response without an access token was waiting for.</summary>
    private readonly string? _recordBeforeTheseSettings = memory.View.Record?.Id;

    /// <summary>The rotation that a caller of the management API wants; null while nobody asks.</summary>
    public Ask? Asked
    {
        get => _asked;
        set => _asked = value;
    }

    /// <summary>True when a person wants this record's refresh token sent now, whatever speaks against it.</summary>
    public bool IsForced(CredentialRecord record) => Asked is { Force: true } ask && ask.RecordId == record.Id;

    /// <summary>No attempt on this family within <paramref name="pause"/>, whatever asks for it, nor before an earlier pause has ended.</summary>
    /// <returns>The moment from which one is allowed.</returns>
    public TimeSpan Pause(TimeSpan pause)
    {
        var until = clock.Now + pause;
        var family = memory.View.Record?.Family;
        _notBefore = family == _pausedFamily && _notBefore > until ? _notBefore : until;
        _pausedFamily = family;
        return _notBefore;
    }

    public void Resume()
    {
        _notBefore = TimeSpan.Zero;
        _clientIsRefused = false;
    }

    /// <summary>An attempt begins: the client secret of now is the oldest one that it can use.</summary>
    public void Begin() => _clientSecretInUse = TryReadClientSecret();

    /// <summary>The provider does not accept this client: no attempt within <paramref name="pause"/>, unless the secret becomes another one.</summary>
    /// <returns>The moment from which one is allowed with the same secret.</returns>
    public TimeSpan PauseClient(TimeSpan pause)
    {
        (_clientIsRefused, _refusedClientSecret, _clientRefusedUntil) = (true, _clientSecretInUse, clock.Now + pause);
        return _clientRefusedUntil;
    }

    /// <summary>True when a rotation that a caller asks for would have to wait for longer than <paramref name="atMost"/>.</summary>
    public bool IsHeldUp(TimeSpan atMost) => memory.View.Uncommitted || PauseLeft(memory.View.Record) > atMost;

    /// <summary>How long until the next rotation; <see cref="TimeSpan.MaxValue"/> where none is planned.</summary>
    public TimeSpan Delay()
    {
        var view = memory.View;
        if (view is { Record: { } wanted, Uncommitted: false } && IsForced(wanted))
        {
            return TimeSpan.Zero;
        }

        if (view.Record is not { MayBeSent: true } record || view.Uncommitted)
        {
            return TimeSpan.MaxValue;
        }

        var now = engine.Time.GetUtcNow();
        var due = DueAt(view, record, now, Asked?.RecordId == record.Id) - now;
        var pause = PauseLeft(record);
        return due > pause ? due : pause;
    }

    /// <summary>When the clock begins to ask for a rotation, whatever came of that; null where there is no access token.</summary>
    public DateTimeOffset? WindowStartsAt() => memory.View is { Record: { AccessToken: not null } record } view ? ScheduledAt(view, record) : null;

    /// <summary>True when the clock or a verdict asks for a rotation now, pauses left aside.</summary>
    public bool IsDueUnasked()
    {
        var now = engine.Time.GetUtcNow();
        return memory.View is { Record: { MayBeSent: true } record } view && DueAt(view, record, now, asked: false) <= now;
    }

    private TimeSpan PauseLeft(CredentialRecord? record)
    {
        var quiet = memory.View.QuietUntil - clock.Now;
        var pause = record?.Family == _pausedFamily ? _notBefore - clock.Now : TimeSpan.MinValue;
        return Longest(Longest(pause, quiet), ClientPauseLeft());
    }

    /// <summary>How long the client that was refused must not be tried again with the same secret.</summary>
    private TimeSpan ClientPauseLeft() => _clientIsRefused && (TryReadClientSecret() is not { } secret || secret.Equals(_refusedClientSecret))
        ? _clientRefusedUntil - clock.Now
        : TimeSpan.MinValue;

    /// <summary>When a caller, the clock or a verdict asks for a rotation, in our own time.</summary>
    private DateTimeOffset DueAt(CredentialView view, CredentialRecord record, DateTimeOffset now, bool asked)
    {
        var due = asked ? now
            : record.NeedsAccessToken || record.AccessToken is null ? Later(now, Later(AllowedAt(record), TokenlessPause.EndsAt(record, _recordBeforeTheseSettings, now)))
            : view.FoundInvalid ? Earlier(AllowedAt(record), ScheduledAt(view, record)) // A verdict never puts off what the clock asks for.
            : ScheduledAt(view, record);
        if (record.Attempts.Count == 0)
        {
            return due;
        }

        // Where sending it again is harmless, the doubt is ended as soon as may be, however long the access token still lives: a grace passes.
        var resend = ResendAt(view, record, now);
        return InDoubtPolicy.MayResend(settings, record, now + view.StoreOffset) ? resend : Later(resend, due);
    }

    /// <summary>
    /// From when on another pair replaces one in doubt, in our own time: once the access token is about to die. No patience is needed, as no token in doubt is sent.
    /// </summary>
    public DateTimeOffset TakeoverAt(CredentialView view, CredentialRecord record, DateTimeOffset now)
    {
        var dyingAt = view.FoundInvalid ? DateTimeOffset.MinValue : InDoubtPolicy.DyingAt(settings, record, view.ExpiresAt);
        return engine.Store.MayForget ? Later(dyingAt, now + UntilMet(view)) : dyingAt;
    }

    /// <summary>
    /// From when on a refresh token in doubt may be sent again, in our own time. A store that was away for a moment may have come back without
    /// what had resolved the doubt: a replica that knows it gets two poll intervals to bring it back.
    /// </summary>
    private DateTimeOffset ResendAt(CredentialView view, CredentialRecord record, DateTimeOffset now)
    {
        var storeNow = now + view.StoreOffset;
        var dyingAt = view.FoundInvalid ? DateTimeOffset.MinValue : InDoubtPolicy.DyingAt(settings, record, view.ExpiresAt) + view.StoreOffset;
        var resend = InDoubtPolicy.EarliestResend(settings, record, dyingAt, storeNow);
        var patient = resend > storeNow ? resend - view.StoreOffset : DateTimeOffset.MinValue;
        return engine.Store.MayForget && !InDoubtPolicy.MayResend(settings, record, storeNow) ? Later(patient, now + UntilMet(view)) : patient;
    }

    private TimeSpan UntilMet(CredentialView view) => (view.MetSince ?? clock.Now) + engine.PeersTime - clock.Now;

    /// <inheritdoc cref="RefreshSchedule.AllowedAt" />
    public DateTimeOffset AllowedAt(CredentialRecord record) => RefreshSchedule.AllowedAt(settings, record, memory.View.InvalidInARow, engine.Time.GetUtcNow());

    /// <summary>True while the record is too young for a rotation that the clock does not ask for.</summary>
    public bool IsFresh(CredentialRecord record) => AllowedAt(record) > engine.Time.GetUtcNow();

    /// <summary>The clock's own rotations are bounded by the token's lifetime; where a verdict has taken most of that away, they are no longer the clock's own.</summary>
    private DateTimeOffset ScheduledAt(CredentialView view, CredentialRecord record)
    {
        var due = RefreshSchedule.DueAt(settings, record, view.ExpiresAt, view.Jitter);
        return view.ExpiresAt - record.IssuedAt < record.Lifetime / 2 ? Later(due, AllowedAt(record)) : due;
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static TimeSpan Longest(TimeSpan a, TimeSpan b) => a > b ? a : b;

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

/// <summary>A rotation that somebody wants.</summary>
/// <param name="RecordId">The record that was current when it was asked for.</param>
/// <param name="Force">Whatever speaks against it: a verdict, a doubt, <c>MinRefreshInterval</c>.</param>
internal sealed record Ask(string RecordId, bool Force);
