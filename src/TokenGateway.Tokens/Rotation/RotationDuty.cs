using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Rotation;

/// <summary>Rotates when the plan says so, and draws the consequences of how it ended: pauses, verdicts, history, log.</summary>
internal sealed partial class RotationDuty(
    CredentialSettings settings, EngineContext engine, CredentialMemory memory, Amendments amendments, Rotator rotator, RotationCommit commit, RotationPlan plan, RotationHistory history)
{
    /// <summary>Refusals in a row, rate limits apart, after which a person is needed.</summary>
    private const int MostRefusals = 5;

    /// <summary>What a provider may ask for. A longer wish would be an outage made by one header.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan LongestPeerWait = TimeSpan.FromSeconds(1);

    private readonly Backoff _backoff = new(engine.Random);
    private readonly ILogger _logger = engine.LoggerOf<RotationDuty>();
    private int _refusals;
    private string? _refusedRecordId;

    /// <summary>True when the clock asked for this attempt: then its failure is a setback, and planned for. Otherwise only the one who asked is told.</summary>
    private bool _planned;

    /// <summary>True when the last attempt ended because a peer is at work: requests go on waiting for its token.</summary>
    public bool PeerIsRotating { get; private set; }

    public TimeSpan Delay() => plan.Delay();

    /// <summary>One attempt. A failure is reported and planned for, never thrown.</summary>
    public async Task<RotationReport> RunAsync(CancellationToken stopping)
    {
        var record = memory.View.Record!;
        var (startedAt, started) = (engine.Time.GetUtcNow(), engine.Time.GetTimestamp());
        _planned = plan.IsDueUnasked();
        memory.Update(view => view with { Rotating = true });
        plan.Begin();
        using var trace = RotationTrace.StartRotation(settings.Name);
        RotationEnd? end = null;
        string? storeProblem = null;
        try
        {
            end = await rotator.RotateAsync(record, plan.IsForced(record), stopping);
        }
        catch (Exception error) when (error is StoreUnavailableException or UnreadableRecordException)
        {
            storeProblem = error.Message;
        }

        PeerIsRotating = end is RotationEnd.Busy;
        var (outcome, problem) = end is null ? StoreAway(storeProblem!) : await DrawAsync(end, record);
        var generation = outcome == RotationOutcome.Rotated ? memory.View.Record!.Generation : record.Generation + 1;
        var report = new RotationReport(
            startedAt, engine.Replica.ToString(), outcome, engine.Time.GetElapsedTime(started), problem, generation);
        RotationTrace.End(trace, outcome, generation);
        engine.Metrics.Rotated(settings.Name, outcome, report.Duration);
        await PublishAsync(report);
        return report;
    }

    /// <summary>What the others may know too: not that somebody else was quicker, nor that nothing was begun.</summary>
    private async Task PublishAsync(RotationReport report)
    {
        if (report.Outcome is RotationOutcome.TakenOver or RotationOutcome.Forbidden)
        {
            return;
        }

        memory.Update(view => view with { LastRotation = report });
        if (report.Outcome != RotationOutcome.StoreUnavailable)
        {
            await history.AppendAsync(report);
        }
    }

    private async Task<(RotationOutcome Outcome, string? Problem)> DrawAsync(RotationEnd end, CredentialRecord record)
    {
        switch (end)
        {
            case RotationEnd.Rotated:
                return Rotated();
            case RotationEnd.TakenOver:
                _backoff.Reset();
                plan.Resume();
                return (RotationOutcome.TakenOver, null);
            case RotationEnd.Busy busy:
                plan.Pause(PeerWait(busy.AtMost));
                return (RotationOutcome.TakenOver, $"{busy.Owner} is rotating.");
            case RotationEnd.TooEarly:
                plan.Pause(LongestPeerWait);
                return (RotationOutcome.Forbidden, "An earlier attempt is in doubt, and it is too early to send the refresh token again.");
            case RotationEnd.WrongBinding:
                return WrongBinding();
            case RotationEnd.NoJournal:
                return (RotationOutcome.NotSent, Fail(_backoff.Next(memory.View.ExpiresAt - engine.Time.GetUtcNow()), memory.View.JournalProblem ?? ""));
            case RotationEnd.NotSent notSent:
                RotationDutyLog.NotSent(_logger, settings.Name, settings.TokenEndpoint, notSent.Reason);
                var pause = _backoff.Next(memory.View.ExpiresAt - engine.Time.GetUtcNow());
                return (RotationOutcome.NotSent, Fail(pause, WhyNotSent(notSent.Reason)));
            case RotationEnd.Refused refused:
                return (RotationOutcome.Refused, await RefusedAsync(refused, record));
            case RotationEnd.Rejected rejected:
                RotationDutyLog.Rejected(_logger, settings.Name, rejected.Code);
                return (RotationOutcome.Rejected, rejected.Code);
            case RotationEnd.InDoubt doubt:
                RotationDutyLog.InDoubt(_logger, settings.Name, doubt.Reason);
                return (RotationOutcome.InDoubt, doubt.Reason);
            default:
                throw new InvalidOperationException("The rotation's end is of no known kind.");
        }
    }

    private string WhyNotSent(string reason) => reason == TransportReason.ClientSecretUnavailable
        ? $"The client secret of {settings.Name} cannot be read: check the file that TokenGateway:Credentials:{settings.Name}:ClientSecretFile names."
        : $"The token endpoint of {settings.Name}, {settings.TokenEndpoint}, could not be reached ({reason}). Nothing is spent.";

    private (RotationOutcome Outcome, string? Problem) Rotated()
    {
        plan.Resume();
        var record = memory.View.Record!;
        RotationDutyLog.Rotated(_logger, settings.Name, record.Generation, record.Took.TotalMilliseconds);
        if (record.NeedsAccessToken)
        {
            // A provider that answers without an access token is asked again, but never in a tight loop.
            return (RotationOutcome.Rotated, Fail(_backoff.Next(TimeSpan.Zero), $"The provider of {settings.Name} answered without an access token."));
        }

        _backoff.Reset();
        memory.Update(view => view with { Setback = null });
        return (RotationOutcome.Rotated, null);
    }

    private async Task<string> RefusedAsync(RotationEnd.Refused refused, CredentialRecord record)
    {
        RotationDutyLog.Refused(_logger, settings.Name, refused.Code);
        if (refused.Code == "invalid_client")
        {
            plan.WaitForNewClientSecret();
            return Fail(
                TimeSpan.Zero,
                $"The provider refuses the client of {settings.Name} (invalid_client): check ClientId and ClientSecret under TokenGateway:Credentials:{settings.Name}.");
        }

        // Where nothing can be spent, nobody needs to stop asking.
        if (refused.IsVerdict && settings.GrantType == GrantType.RefreshToken && CountRefusal(record) >= MostRefusals)
        {
            amendments.Reject(memory.View.Record is { } current && current.Id == record.Id ? current : record, refused.Code);
            await commit.TryTellAsync();
            RotationDutyLog.Rejected(_logger, settings.Name, refused.Code);
        }

        var pause = _backoff.Next(memory.View.ExpiresAt - engine.Time.GetUtcNow());
        var wanted = refused.RetryAfter > LongestRetryAfter ? LongestRetryAfter : refused.RetryAfter;
        return Fail(wanted > pause ? wanted.Value : pause, $"The provider refused to rotate {settings.Name} ({refused.Code}).");
    }

    /// <summary>Refusals of this refresh token in a row: those of another one do not count against it.</summary>
    private int CountRefusal(CredentialRecord record)
    {
        _refusals = record.Id == _refusedRecordId ? _refusals + 1 : 1;
        _refusedRecordId = record.Id;
        return _refusals;
    }

    private (RotationOutcome Outcome, string? Problem) WrongBinding()
    {
        var problem =
            $"The stored refresh token of {settings.Name} belongs to another token endpoint or client id than the configured ones, and is not sent there. " +
            $"Configure a new seed, or bring the old values back.";
        RotationDutyLog.BindingChanged(_logger, problem);
        _planned = true; // It stays wrong, whoever noticed it.
        return (RotationOutcome.Forbidden, Fail(TimeSpan.FromSeconds(30), problem));
    }

    private (RotationOutcome Outcome, string? Problem) StoreAway(string problem)
    {
        // Polling asks the store at that interval anyway: no reason to be slower in noticing that it is back.
        var pause = _backoff.Next(memory.View.ExpiresAt - engine.Time.GetUtcNow());
        var retryAt = plan.Pause(pause < engine.StoreSettings.PollInterval ? pause : engine.StoreSettings.PollInterval);
        NoteSetback(new Setback(TokenFailureCode.StoreUnavailable, problem, retryAt));
        RotationDutyLog.StoreUnavailable(_logger, settings.Name, problem);
        return (RotationOutcome.StoreUnavailable, problem);
    }

    private string Fail(TimeSpan pause, string problem)
    {
        var retryAt = plan.Pause(pause);
        NoteSetback(new Setback(TokenFailureCode.TokenUnavailable, problem, retryAt));
        return problem;
    }

    private void NoteSetback(Setback setback)
    {
        if (_planned || plan.IsDueUnasked())
        {
            memory.Update(view => view with { Setback = setback });
        }
    }

    /// <summary>Until the peer's announcement wakes us, or its lease can have run out; never long, since a released lease is not announced.</summary>
    private TimeSpan PeerWait(TimeSpan leaseLeft)
    {
        var longest = leaseLeft < LongestPeerWait ? leaseLeft : LongestPeerWait;
        return (longest * (0.5 + (0.5 * engine.Random.NextDouble()))) + TimeSpan.FromMilliseconds(5);
    }

    private static partial class RotationDutyLog
    {
        [LoggerMessage(EventIds.Rotated, LogLevel.Information, "Rotated credential {Credential}: generation {Generation} in {Milliseconds:F0} ms.")]
        public static partial void Rotated(ILogger logger, string credential, long generation, double milliseconds);

        [LoggerMessage(EventIds.RotationNotSent, LogLevel.Warning,
            "Credential {Credential} was not rotated: the token endpoint {Endpoint} could not be reached ({Reason}). The refresh token is not spent; it is tried again.")]
        public static partial void NotSent(ILogger logger, string credential, Uri endpoint, string reason);

        [LoggerMessage(EventIds.RotationRefused, LogLevel.Warning, "The provider refused to rotate credential {Credential} ({Code}); the refresh token is not spent.")]
        public static partial void Refused(ILogger logger, string credential, string code);

        [LoggerMessage(EventIds.RotationRejected, LogLevel.Critical,
            "The provider does not accept the refresh token of credential {Credential} ({Code}), and it is not sent again. Unless another pair takes its place now: check the credential's settings, or log in again and put the new refresh token into the credential's seed.")]
        public static partial void Rejected(ILogger logger, string credential, string code);

        [LoggerMessage(EventIds.RotationInDoubt, LogLevel.Error,
            "The refresh token of credential {Credential} may have been spent without an answer ({Reason}). The live access token stays in use; the refresh token is sent again when that is safe; a new seed ends the wait.")]
        public static partial void InDoubt(ILogger logger, string credential, string reason);

        [LoggerMessage(EventIds.StoreUnavailable, LogLevel.Warning, "Credential {Credential} is not rotated while the store is away. {Problem}")]
        public static partial void StoreUnavailable(ILogger logger, string credential, string problem);

        [LoggerMessage(EventIds.BindingChanged, LogLevel.Error, "{Problem}")]
        public static partial void BindingChanged(ILogger logger, string problem);
    }
}
