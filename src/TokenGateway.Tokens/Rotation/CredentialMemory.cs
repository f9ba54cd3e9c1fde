using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// The one place where a process's picture of a credential changes. Requests read <see cref="Live"/> and nothing else;
/// the agent and announcements write, under a lock that is never held across an await.
/// </summary>
internal sealed class CredentialMemory(CredentialSettings settings, TimeProvider time, RandomSource random)
{
    private readonly Lock _gate = new();
    private volatile CredentialSettings _settings = settings;
    private volatile CredentialView _view = new();
    private volatile LiveToken? _live;

    public CredentialView View => _view;

    /// <summary>The token that requests use, with the moment from which it must not be used any more; null when there is none.</summary>
    public LiveToken? Live => _live;

    /// <summary>The credential is looked after under other settings from now on; what is known of it stays.</summary>
    public void Apply(CredentialSettings changed)
    {
        lock (_gate)
        {
            _settings = changed;
            Replace(_view with { Rotating = false, VerdictsMissedInARow = 0 }, anew: true); // A token's last moment depends on ClockSkew, its header on Scheme.
        }
    }

    /// <summary>Replaces the view by what <paramref name="change"/> makes of it, and tells those who wait.</summary>
    public CredentialView Update(Func<CredentialView, CredentialView> change)
    {
        lock (_gate)
        {
            var changed = change(_view);
            return changed == _view ? _view : Replace(changed);
        }
    }

    /// <summary>
    /// Takes over a record that is this one's descendant, or a later step of this one itself. Anything else is left to the store to
    /// decide: an announcement can be late.
    /// </summary>
    public bool Offer(CredentialRecord candidate)
    {
        lock (_gate)
        {
            var held = _view.Record;
            if (held is not null && (held.Id == candidate.Id ? candidate.Step <= held.Step : !Lineage.Descends(candidate, held)))
            {
                return false;
            }

            var isNew = held?.Id != candidate.Id;
            Replace(With(candidate) with { Uncommitted = !isNew && _view.Uncommitted, Rotating = !isNew && _view.Rotating });
            return true;
        }
    }

    /// <summary>
    /// Meets the store's record: a descendant in memory stays (the store has forgotten it), and so does one that knows the store's to be spent; everything else gives
    /// way to the store.
    /// </summary>
    /// <returns>The record that counts.</returns>
    public CredentialRecord Meet(CredentialRecord stored, bool keepNewer = true)
    {
        lock (_gate)
        {
            if (keepNewer && _view.Record is { } held && (Lineage.Descends(held, stored) || Lineage.Refutes(held, stored)))
            {
                return held;
            }

            if (_view.Record is { } known && known.IsSameStepAs(stored) && !_view.Uncommitted)
            {
                return known;
            }

            Replace(With(stored) with { Uncommitted = false, Replayed = false, Rotating = stored.Id == _view.Record?.Id && _view.Rotating });
            return stored;
        }
    }

    /// <summary>Takes over a pair that the store does not have yet.</summary>
    public void Hold(CredentialRecord granted)
    {
        lock (_gate)
        {
            Replace(With(granted) with { Uncommitted = true });
        }
    }

    /// <summary>Takes over what the journal has kept from an earlier life: newer than the store, or long behind it.</summary>
    public void Replay(CredentialRecord journaled)
    {
        lock (_gate)
        {
            Replace(With(journaled) with { Uncommitted = true, Replayed = true });
        }
    }

    private CredentialView With(CredentialRecord record) => record.Id == _view.Record?.Id
        ? _view with { Record = record }
        : _view with
        {
            Record = record,
            ExpiresAt = record.AccessTokenExpiresAt,
            Jitter = random.NextDouble(),
            FoundInvalid = false,
            WasRefusedFresh = false,
            InvalidByVerdict = false,
            Withheld = false,
            LastResponse = null,
            Setback = record.Rejection is null ? null : _view.Setback,
            LastRotation = record.Generation == 0 ? _view.LastRotation : RotationHistory.EntryOf(record),
        };

    private CredentialView Replace(CredentialView view, bool anew = false)
    {
        var before = _view;
        _view = view with { Changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) };
        _live = LiveTokenOf(_view, before, anew);
        before.Changed.TrySetResult();
        return _view;
    }

    private LiveToken? LiveTokenOf(CredentialView view, CredentialView before, bool anew)
    {
        if (view.Record?.AccessToken is not { } access || view.Withheld || view is { Replayed: true, Loaded: false })
        {
            // What the journal kept may be out of date: the store is asked once before it is used, and it is used if the store does not answer.
            return null;
        }

        var usableUntil = UsableUntil(view, view.Record).UtcTicks;
        var unchanged = !anew && view.ExpiresAt == before.ExpiresAt && access.Equals(before.Record?.AccessToken);
        return unchanged && _live is { } live && live.UsableUntilTicks == usableUntil ? live
            : new LiveToken(TokenResult.Success(new AccessToken(access, view.ExpiresAt, _settings.Delivery.Scheme)), usableUntil);
    }

    /// <summary>
    /// A token that the provider itself calls dead is as good as none: it would only be met with 401. While nothing but <c>MinRefreshInterval</c> stands in the way of the next rotation it is sent
    /// nevertheless, since it is the verdict on a fresh token that may be wrong.
    /// </summary>
    private DateTimeOffset UsableUntil(CredentialView view, CredentialRecord record)
    {
        var end = view.ExpiresAt - RefreshSchedule.ClockSkew(_settings, record.Lifetime);
        if (!view.InvalidByVerdict)
        {
            return end;
        }

        var replaceable = record is { Rejection: null, Attempts.Count: 0 };
        var allowedAt = replaceable ? RefreshSchedule.AllowedAt(_settings, record, view.InvalidInARow, time.GetUtcNow()) : DateTimeOffset.MinValue;
        return allowedAt < end ? allowedAt : end;
    }

    /// <summary>True while the token in memory may be sent.</summary>
    public bool IsUsable => _live is { } live && time.GetUtcNow().UtcTicks < live.UsableUntilTicks;
}

/// <summary>A token as the hot path needs it: the answer is made already, and one comparison tells whether it still holds.</summary>
internal sealed class LiveToken(TokenResult result, long usableUntilTicks)
{
    public TokenResult Result { get; } = result;

    public long UsableUntilTicks { get; } = usableUntilTicks;
}
