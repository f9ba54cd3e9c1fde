using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Validation;

/// <summary>Asks about the token in use: when it is adopted or new, and at <c>Validation:Interval</c>, once per fleet; and when somebody wants to know.</summary>
internal sealed partial class ValidationDuty(
    CredentialSettings settings, EngineContext engine, CredentialMemory memory, RotationPlan plan, MonotonicClock clock)
{
    /// <summary>A verdict that a 401 asked for serves every other one that comes so soon after it.</summary>
    private static readonly TimeSpan Shared = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RetryWhileWithheld = TimeSpan.FromSeconds(5);

    private readonly AskedValidations _asked = new();
    private readonly VerdictCache _verdicts = new(engine.Cache);
    private readonly ILogger _logger = engine.LoggerOf<ValidationDuty>();
    private volatile RecentVerdict? _recent;
    private string? _recordId;
    private bool _isAnothers;
    private TimeSpan _dueAt = TimeSpan.MaxValue;
    private TimeSpan _maxAge;

    /// <summary>How long until the next validation.</summary>
    public TimeSpan Delay()
    {
        if (_asked.Since is not null)
        {
            return TimeSpan.Zero;
        }

        if (memory.View.Record is not { } record || settings.ValidateEndpoint is null)
        {
            return TimeSpan.MaxValue;
        }

        if (record.Id != _recordId)
        {
            ScheduleFirst(record);
        }

        return _dueAt == TimeSpan.MaxValue || _isAnothers || record.AccessToken is null || (!memory.IsUsable && !memory.View.Withheld) ? TimeSpan.MaxValue : _dueAt - clock.Now;
    }

    /// <summary>A verdict on the token in use, no older than <paramref name="since"/>; unknown, and why, where there is nothing to ask or nobody.</summary>
    public Task<ValidationReport> AskAsync(DateTimeOffset since) =>
        WhyImpossible() is { } reason ? Task.FromResult(Impossible(reason)) : _asked.AskAsync(since);

    /// <summary>
    /// A verdict for one of many 401s: one that another 401 asked for a second ago at most, in this replica or a peer, or else a new one. A valid
    /// token can meet thousands of them, on a path that its owner must not use, and the provider must not be asked about each. What was asked
    /// for another reason does not count: the token may have died since, as this 401 says.
    /// </summary>
    public Task<ValidationReport> AskForRefusalAsync(string recordId, DateTimeOffset at) =>
        Recent(recordId) is { } recent ? Task.FromResult(recent)
        : WhyImpossible() is { } reason ? Task.FromResult(Impossible(reason))
        : _asked.AskAsync(at, recordId);

    /// <summary>True where a 401 of the last second has shown that the token of that record is alive.</summary>
    public bool WasJustFoundValid(string recordId) => Recent(recordId)?.Verdict == ValidationVerdict.Valid;

    /// <summary>Nothing is validated any more.</summary>
    public void Cancel() => _asked.Cancel();

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            if (WhyImpossible() is { } reason)
            {
                _asked.End(Impossible(reason), engine.Time.GetUtcNow());
                return;
            }

            await ValidateAsync(memory.View.Record!, stopping);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            _asked.Fail(error);
            throw;
        }
    }

    private async Task ValidateAsync(CredentialRecord record, CancellationToken stopping)
    {
        var (now, began, forRefusal) = (engine.Time.GetUtcNow(), clock.Now, _asked.RefusedRecord == record.Id);
        var since = _asked.Since ?? now - _maxAge;
        var shared = await _verdicts.GetAsync(settings.Name, record.AccessToken!, since, forRefusal ? since - Shared : since, now, stopping);
        var verdict = shared ?? await AskAsync(record.AccessToken!, forRefusal, stopping);
        Note(record, verdict);
        ScheduleNext(verdict.Verdict);
        var report = ReportOf(record, verdict);
        if (verdict.OnRefusal)
        {
            _recent = new RecentVerdict(record.Id, report, shared is null ? began : began - (now - shared.At));
        }

        _asked.End(report, upTo: shared is null ? engine.Time.GetUtcNow() : forRefusal ? now : shared.At);
    }

    /// <summary>Neither token of a record is shown to another provider than the one that issued it.</summary>
    private string? WhyImpossible() =>
        settings.ValidateEndpoint is null
            ? $"No validate endpoint is known for {settings.Name}; set TokenGateway:Credentials:{settings.Name}:ValidateEndpoint."
        : memory.View.Record is not { AccessToken: not null } record ? $"No access token is known for {settings.Name} yet."
        : IsAnothers(record) ? $"The access token of {settings.Name} was issued for another token endpoint or client id than the configured ones."
        : null;

    private bool IsAnothers(CredentialRecord record) => record.Binding != Binding.Of(settings);

    private ValidationReport Impossible(string reason) => new(engine.Time.GetUtcNow(), ValidationVerdict.Unknown, reason);

    private static ValidationReport ReportOf(CredentialRecord record, SharedVerdict verdict) => new(verdict.At, verdict.Verdict, verdict.Reason, verdict.By, record.Generation);

    private ValidationReport? Recent(string recordId) =>
        _recent is { } recent && recent.RecordId == recordId && clock.Now - recent.At < Shared ? recent.Report : null;

    private async Task<SharedVerdict> AskAsync(Secret token, bool forRefusal, CancellationToken stopping)
    {
        var at = engine.Time.GetUtcNow();
        var answer = await engine.ValidateEndpoint.ValidateAsync(settings, token, stopping);
        var verdict = new SharedVerdict(answer.Verdict, at, at + answer.Remaining, engine.Replica.ToString(), forRefusal, answer.Reason);
        if (answer.Verdict != ValidationVerdict.Unknown)
        {
            var lifetime = settings.Validation.CacheFor > settings.Validation.Interval ? settings.Validation.CacheFor : settings.Validation.Interval;
            await _verdicts.SetAsync(settings.Name, token, verdict, lifetime, stopping);
        }

        return verdict;
    }

    private void Note(CredentialRecord record, SharedVerdict shared)
    {
        var report = ReportOf(record, shared);
        memory.Update(view => view.Record?.Id != record.Id ? view : After(shared.Verdict, view) with
        {
            LastValidation = report,
            Validations = view.Validations.With(report),
            VerdictsMissedInARow = shared.Verdict == ValidationVerdict.Unknown ? view.VerdictsMissedInARow + 1 : 0,
            Withheld = shared.Verdict == ValidationVerdict.Unknown && settings.Validation.OnError == OnValidationError.Refuse,
            ExpiresAt = shared.ExpiresAt is { } reported && reported < view.ExpiresAt ? reported : view.ExpiresAt,
        });
        if (shared.Verdict == ValidationVerdict.Invalid)
        {
            ValidationDutyLog.FoundInvalid(_logger, settings.Name, record.Generation);
        }
    }

    private CredentialView After(ValidationVerdict verdict, CredentialView view) => verdict switch
    {
        ValidationVerdict.Valid => view with { FoundInvalid = false, InvalidByVerdict = false, InvalidInARow = 0 },
        ValidationVerdict.Invalid => view.Condemn(plan.IsFresh(view.Record!)) with { InvalidByVerdict = true },
        _ => view,
    };

    /// <summary>A token that this process made or found at start is asked about at once, one that a peer announced at the interval: the peer has asked.</summary>
    private void ScheduleFirst(CredentialRecord record)
    {
        var own = _recordId is null || record.Generation == 0 || record.By == engine.Replica.ToString();
        _recordId = record.Id;
        _isAnothers = IsAnothers(record);
        if (own && settings.Validation.OnAdopt)
        {
            (_dueAt, _maxAge) = (clock.Now, settings.Validation.CacheFor);
        }
        else
        {
            ScheduleNext(ValidationVerdict.Valid);
        }
    }

    private void ScheduleNext(ValidationVerdict verdict)
    {
        var interval = settings.Validation.Interval;
        _maxAge = interval;
        if (verdict == ValidationVerdict.Unknown && settings.Validation.OnError == OnValidationError.Refuse)
        {
            _dueAt = clock.Now + RetryWhileWithheld;
            return;
        }

        // Replicas come one after the other, so that the first one's verdict serves the rest.
        _dueAt = interval == TimeSpan.Zero ? TimeSpan.MaxValue : clock.Now + (interval * (1 + (0.1 * engine.Random.NextDouble())));
    }

    /// <param name="RecordId">The record whose token was asked about.</param>
    /// <param name="Report">The verdict.</param>
    /// <param name="At">When it was asked for, on the monotonic clock.</param>
    private sealed record RecentVerdict(string RecordId, ValidationReport Report, TimeSpan At);

    private static partial class ValidationDutyLog
    {
        [LoggerMessage(EventIds.TokenFoundInvalid, LogLevel.Warning,
            "The validate endpoint calls the access token of credential {Credential}, generation {Generation}, dead; it is rotated as soon as MinRefreshInterval allows.")]
        public static partial void FoundInvalid(ILogger logger, string credential, long generation);
    }
}
