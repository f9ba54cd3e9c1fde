using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Validation;

/// <summary>Asks about the token in use: when it is adopted or new, and at <c>Validation:Interval</c>, once per fleet.</summary>
internal sealed partial class ValidationDuty(
    CredentialSettings settings, EngineContext engine, CredentialMemory memory, MonotonicClock clock)
{
    private static readonly TimeSpan RetryWhileWithheld = TimeSpan.FromSeconds(5);

    private readonly VerdictCache _verdicts = new(engine.Cache, engine.Time);
    private readonly ILogger _logger = engine.Loggers.CreateLogger<ValidationDuty>();
    private readonly string _binding = Binding.Of(settings);
    private string? _recordId;
    private TimeSpan _dueAt = TimeSpan.MaxValue;
    private TimeSpan _maxAge;

    /// <summary>How long until the next validation.</summary>
    public TimeSpan Delay()
    {
        if (memory.View.Record is not { } record || settings.ValidateEndpoint is null)
        {
            return TimeSpan.MaxValue;
        }

        if (record.Id != _recordId)
        {
            ScheduleFirst(record);
        }

        // Neither token of a record is shown to another provider than the one that issued it.
        return _dueAt == TimeSpan.MaxValue || record.AccessToken is null || record.Binding != _binding || !memory.IsUsable && !memory.View.Withheld ? TimeSpan.MaxValue : _dueAt - clock.Now;
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        if (memory.View.Record is not { AccessToken: { } token } record)
        {
            return;
        }

        var shared = await _verdicts.GetAsync(settings.Name, token, _maxAge, stopping) ?? await AskAsync(token, stopping);
        Note(record, shared);
        ScheduleNext(shared.Verdict);
    }

    private async Task<SharedVerdict> AskAsync(Secret token, CancellationToken stopping)
    {
        var at = engine.Time.GetUtcNow();
        var answer = await engine.ValidateEndpoint.ValidateAsync(settings, token, stopping);
        var verdict = new SharedVerdict(answer.Verdict, at, at + answer.Remaining);
        if (answer.Verdict != ValidationVerdict.Unknown)
        {
            var lifetime = settings.Validation.CacheFor > settings.Validation.Interval ? settings.Validation.CacheFor : settings.Validation.Interval;
            await _verdicts.SetAsync(settings.Name, token, verdict, lifetime, stopping);
        }

        return verdict;
    }

    private void Note(CredentialRecord record, SharedVerdict shared)
    {
        memory.Update(view => view.Record?.Id != record.Id ? view : view with
        {
            LastValidation = new ValidationReport(shared.At, shared.Verdict),
            FoundInvalid = shared.Verdict == ValidationVerdict.Invalid || (view.FoundInvalid && shared.Verdict == ValidationVerdict.Unknown),
            InvalidInARow = shared.Verdict switch
            {
                ValidationVerdict.Valid => 0,
                ValidationVerdict.Invalid when !view.FoundInvalid => view.InvalidInARow + 1,
                _ => view.InvalidInARow,
            },
            Withheld = shared.Verdict == ValidationVerdict.Unknown && settings.Validation.OnError == OnValidationError.Refuse,
            ExpiresAt = shared.ExpiresAt is { } reported && reported < view.ExpiresAt ? reported : view.ExpiresAt,
        });
        if (shared.Verdict == ValidationVerdict.Invalid)
        {
            Log.FoundInvalid(_logger, settings.Name, record.Generation);
        }
    }

    /// <summary>A token that this process made or found at start is asked about at once, one that a peer announced at the interval: the peer has asked.</summary>
    private void ScheduleFirst(CredentialRecord record)
    {
        var own = _recordId is null || record.Generation == 0 || record.By == engine.Replica.ToString();
        _recordId = record.Id;
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

    private static partial class Log
    {
        [LoggerMessage(EventIds.TokenFoundInvalid, LogLevel.Warning,
            "The validate endpoint calls the access token of credential {Credential}, generation {Generation}, dead; it is rotated as soon as MinRefreshInterval allows.")]
        public static partial void FoundInvalid(ILogger logger, string credential, long generation);
    }
}
