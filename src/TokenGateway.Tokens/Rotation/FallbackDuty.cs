using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// Brings another pair into use where the current one is dead, or in doubt with its access token about to die, which needs no patience: the pair that a refused seed replaced,
/// one that came back late, or the standby that the operator configured. Only when none is left must somebody log in again.
/// </summary>
internal sealed partial class FallbackDuty(
    CredentialSettings settings, EngineContext engine, CredentialMemory memory, Adoption adoption, TokenOwners owners, RotationPlan plan, MonotonicClock clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(4);

    private readonly ConfirmedRead _reads = new(settings.StandbyRefreshToken);
    private readonly ILogger _logger = engine.LoggerOf<FallbackDuty>();
    private volatile Secret? _standby;
    private volatile Secret? _othersStandby;
    private DateTimeOffset? _standbySince;
    private bool _wasUnreadable;
    private TimeSpan _readAt = TimeSpan.MinValue;
    private TimeSpan _notBefore;

    /// <summary>True while the refresh token is known to be spent, or in doubt, and there is another to use instead: it is then never sent again.</summary>
    public bool TakesOver
    {
        get
        {
            var view = memory.View;
            return view.Record is { } record
                && (Successor(record) is not null || (!plan.IsForced(record) && IsDoubtful(record, view, engine.Time.GetUtcNow()) && Candidate(record) is not null));
        }
    }

    /// <summary>True when another pair would take the place of the current one, were that dead.</summary>
    public bool HasFallback => memory.View.Record is { } record && Candidate(record) is not null;

    /// <summary>How long until another pair is needed, or the standby is looked at again.</summary>
    public TimeSpan Delay()
    {
        if (settings.StandbyRefreshToken.IsConfigured && clock.Now >= _readAt)
        {
            return TimeSpan.Zero;
        }

        var next = settings.StandbyRefreshToken.File is null ? TimeSpan.MaxValue : _readAt - clock.Now;
        var needed = Later(NeededIn(), _notBefore - clock.Now);
        return needed < next ? needed : next;
    }

    /// <summary>What there is to fall back to; null when there is nothing.</summary>
    public StandbyReport? Report()
    {
        var record = memory.View.Record;
        if (_standby is { } token && !token.Equals(_othersStandby) && record?.HasUsed(token) != true)
        {
            return new StandbyReport(_standbySince);
        }

        var binding = Binding.Of(settings);
        return record?.Spares.FirstOrDefault(spare => spare is { Kind: SpareKind.Alternate, Attempts.Count: 0 } && spare.Binding == binding) is { } alternate
            ? new StandbyReport(alternate.IssuedAt)
            : null;
    }

    /// <exception cref="StoreUnavailableException">The store could not be asked; tried again soon.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        ReadStandby();
        if (NeededIn() > TimeSpan.Zero || clock.Now < _notBefore)
        {
            return;
        }

        _notBefore = clock.Now + TimeSpan.FromSeconds(1);
        if (memory.View.Record is { } record && Candidate(record)?.Standby is { } standby && await BelongsToAnotherAsync(standby, stopping))
        {
            return;
        }

        var end = await adoption.TryAsync(current => Task.FromResult(Next(current)), stopping);
        if (end is AdoptionEnd.Adopted { Replaced: { } replaced, Record: var adopted })
        {
            _notBefore = TimeSpan.Zero;
            TellFallenBack(replaced, adopted);
        }
        else if (end is AdoptionEnd.Later later)
        {
            _notBefore = clock.Now + later.After;
        }
    }

    /// <summary>Such a standby is none: it was put here by mistake.</summary>
    private async Task<bool> BelongsToAnotherAsync(Secret standby, CancellationToken stopping)
    {
        if (await owners.FindAsync(settings.Name, settings.FormerName, standby, stopping) is not { } owner)
        {
            return false;
        }

        _othersStandby = standby;
        var remedy = $"put another one into TokenGateway:Credentials:{settings.Name}:StandbyRefreshToken or StandbyRefreshTokenFile";
        FallbackDutyLog.Refused(_logger, TokenOwners.Problem("standby refresh token", settings.Name, owner, remedy));
        return true;
    }

    private void TellFallenBack(CredentialRecord replaced, CredentialRecord record)
    {
        var reason = replaced.Rejection ?? (replaced.Family == record.Family ? "superseded" : "in doubt");
        if (replaced is { Generation: 0, Rejection: not null } && record.Generation > 0)
        {
            FallbackDutyLog.SeedGivenUp(_logger, settings.Name, reason, record.Generation, record.IssuedAt);
        }
        else
        {
            FallbackDutyLog.FellBack(_logger, settings.Name, reason, record.Generation, record.IssuedAt);
        }
    }

    private CredentialRecord? Next(CredentialRecord? current)
    {
        // Under the lease once more: it may have been rotated, or fallen back, a moment ago.
        if (current is null || Candidate(current) is not { } candidate || !IsNeededNow(current))
        {
            return null;
        }

        var stamp = new RotationStamp(engine.Random.NextId(), engine.Time.GetUtcNow(), engine.Replica.ToString(), TimeSpan.Zero);
        return candidate.Spare is { } spare
            ? current.FallenBackTo(spare, stamp)
            : current.ReseededByStandby(candidate.Standby!, engine.Random.NextId(), Binding.Of(settings), stamp);
    }

    private bool IsNeededNow(CredentialRecord record)
    {
        var now = engine.Time.GetUtcNow();
        return record.Rejection is not null || Successor(record) is not null || (IsDoubtful(record, memory.View, now) && plan.TakeoverAt(memory.View, record, now) <= now);
    }

    /// <summary>How long until another pair comes into use; <see cref="TimeSpan.MaxValue"/> where none is needed, or there is none.</summary>
    public TimeSpan NeededIn()
    {
        var view = memory.View;
        var now = engine.Time.GetUtcNow();
        if (view.Record is not { } record || view.Uncommitted || IsWell(record) || (plan.IsForced(record) && Successor(record) is null) || Candidate(record) is null)
        {
            return TimeSpan.MaxValue;
        }

        return record.Rejection is not null || Successor(record) is not null ? Later(TimeSpan.Zero, view.QuietUntil - clock.Now)
            : IsDoubtful(record, view, now) ? Later(view.QuietUntil - clock.Now, plan.TakeoverAt(view, record, now) - now)
            : TimeSpan.MaxValue;
    }

    /// <summary>As nearly every record is nearly always: then no other pair is looked for.</summary>
    private static bool IsWell(CredentialRecord record) => record is { Rejection: null, Attempts.Count: 0 } && Successor(record) is null;

    private bool IsDoubtful(CredentialRecord record, CredentialView view, DateTimeOffset now) =>
        record.Attempts.Count > 0 && !InDoubtPolicy.MayResend(settings, record, now + view.StoreOffset);

    /// <summary>
    /// The best pair to fall back to. In doubt it must be independent of the one in doubt, whose reuse may revoke all of its family, and not be in doubt itself.
    /// </summary>
    private Fallback? Candidate(CredentialRecord record)
    {
        if (record.TakenOverBy is not null)
        {
            return null; // All that it had is looked after under its new name.
        }

        if (Successor(record) is { } successor)
        {
            return new Fallback(successor, null);
        }

        var isDead = record.Rejection is not null;
        var binding = Binding.Of(settings);
        var spare = record.Spares
            .Where(pair => pair.Binding == binding && (isDead || (pair is { Kind: SpareKind.Alternate, Attempts.Count: 0 } && pair.Family != record.Family)))
            .OrderBy(pair => pair.Kind)
            .FirstOrDefault();
        var standby = _standby is { } token && !token.Equals(_othersStandby) && !token.Equals(record.RefreshToken) && !record.HasUsed(token) ? token : null;
        return (isDead, spare, standby) switch
        {
            (_, null, null) => null,
            (true, not null, _) or (false, not null, null) => new Fallback(spare, null),
            _ => new Fallback(null, standby),
        };
    }

    /// <summary>The pair that came back for the refresh token that the record holds, after the store had gone on without it.</summary>
    private static SparePair? Successor(CredentialRecord record) => record.Spares.Count == 0 ? null : SuccessorAmong(record.Spares, record);

    // Apart, as there nearly always are none, and the closure is made at the call.
    private static SparePair? SuccessorAmong(IReadOnlyList<SparePair> spares, CredentialRecord record) => spares.FirstOrDefault(spare => spare.Supersedes(record));

    private void ReadStandby()
    {
        if (!settings.StandbyRefreshToken.IsConfigured || clock.Now < _readAt)
        {
            return;
        }

        var confirmed = TryRead();
        _readAt = settings.StandbyRefreshToken.File is null ? TimeSpan.MaxValue : clock.Now + (confirmed ? Interval : ConfirmedRead.Confirmation);
    }

    /// <returns>False when it was read anew, and must be read once more. One that cannot be read stays what it was.</returns>
    private bool TryRead()
    {
        try
        {
            if (!_reads.TryRead(out var standby))
            {
                return false;
            }

            _standbySince = standby is not null && settings.StandbyRefreshToken.File is { } file ? new DateTimeOffset(File.GetLastWriteTimeUtc(file)) : null;
            _standby = standby;
            _wasUnreadable = false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (!_wasUnreadable)
            {
                FallbackDutyLog.Unreadable(_logger, settings.Name, error.Message);
            }

            _wasUnreadable = true;
        }

        return true;
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    /// <summary>One of the two.</summary>
    private sealed record Fallback(SparePair? Spare, Secret? Standby);

    private static partial class FallbackDutyLog
    {
        [LoggerMessage(EventIds.FellBack, LogLevel.Critical,
            "The refresh token of credential {Credential} is given up ({Reason}); another pair takes its place: generation {Generation}, issued at {IssuedAt}. Log in once more and configure a new standby.")]
        public static partial void FellBack(ILogger logger, string credential, string reason, long generation, DateTimeOffset issuedAt);

        [LoggerMessage(EventIds.SeedGivenUp, LogLevel.Error,
            "The new seed of credential {Credential} is given up ({Reason}), and the pair that it replaced is in use again: generation {Generation}, issued at {IssuedAt}. Where that was to be replaced, log in once more for another seed.")]
        public static partial void SeedGivenUp(ILogger logger, string credential, string reason, long generation, DateTimeOffset issuedAt);

        [LoggerMessage(EventIds.StandbyRefused, LogLevel.Error, "{Problem}")]
        public static partial void Refused(ILogger logger, string problem);

        [LoggerMessage(EventIds.StandbyUnreadable, LogLevel.Warning, "The standby refresh token of credential {Credential} cannot be read: {Reason}")]
        public static partial void Unreadable(ILogger logger, string credential, string reason);
    }
}
