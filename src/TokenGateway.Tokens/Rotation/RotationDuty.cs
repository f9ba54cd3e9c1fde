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
    /// <summary>Refusals of one refresh token, rate limits apart, without which no person is asked for, and the least time that they have lasted by then.</summary>
    private const int LeastRefusals = 5;

    private static readonly TimeSpan LeastRefused = TimeSpan.FromMinutes(15);

    /// <summary>Once a person was asked for, the provider is asked again this often: what made it refuse may have passed.</summary>
    private static readonly TimeSpan RefusedInterval = TimeSpan.FromHours(1);

    private static readonly TimeSpan FirstClientPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestClientPause = TimeSpan.FromMinutes(5);

    /// <summary>What a provider may ask for. A longer wish would be an outage made by one header.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan LongestPeerWait = TimeSpan.FromSeconds(1);

    private readonly Backoff _backoff = new(engine.Random);
    private readonly ILogger _logger = engine.LoggerOf<RotationDuty>();
    private int _refusals;
    private long _refusedSince;
    private string? _refusedRecordId;
    private int _clientRefusals;
    private string? _foundAt; // Where the pair stood that no setting names: logged once.

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
            case RotationEnd.Rotated rotated:
                return Rotated(rotated.FoundAt);
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
                return (RotationOutcome.NotSent, Fail(NotSentPause(), WhyNotSent(notSent.Reason)));
            case RotationEnd.Refused refused:
                return (RotationOutcome.Refused, await RefusedAsync(refused, record));
            case RotationEnd.Rejected rejected:
                RotationDutyLog.Rejected(_logger, settings.Name, rejected.Description);
                return (RotationOutcome.Rejected, rejected.Description);
            case RotationEnd.InDoubt doubt:
                RotationDutyLog.InDoubt(_logger, settings.Name, doubt.Response is { } response ? $"{doubt.Description}: {EndpointText.Answered(settings, response)}" : doubt.Description);
                memory.Update(view => view with { LastResponse = doubt.Response });
                return (RotationOutcome.InDoubt, doubt.Description);
            default:
                throw new InvalidOperationException("The rotation's end is of no known kind.");
        }
    }

    /// <summary>Without a refresh token, what cannot be read counts as not sent, though the provider was asked.</summary>
    private TimeSpan NotSentPause()
    {
        var remaining = memory.View.ExpiresAt - engine.Time.GetUtcNow();
        return settings.GrantType == GrantType.ClientCredentials ? _backoff.NextAfterResponse(remaining) : _backoff.Next(remaining);
    }

    private string WhyNotSent(string reason) => reason == TransportReason.ClientSecretUnavailable
        ? $"The client secret of {settings.Name} cannot be read: check the file that TokenGateway:Credentials:{settings.Name}:ClientSecretFile names."
        : $"The token endpoint of {settings.Name}, {settings.TokenEndpoint}, could not be reached ({reason}). Nothing is spent.";

    private (RotationOutcome Outcome, string? Problem) Rotated(string? foundAt)
    {
        plan.Resume();
        _clientRefusals = 0;
        var record = memory.View.Record!;
        if (foundAt is not null && foundAt != _foundAt)
        {
            _foundAt = foundAt;
            RotationDutyLog.PairFoundBelow(_logger, settings.Name, foundAt);
        }

        RotationDutyLog.Rotated(_logger, settings.Name, record.Generation, record.Took.TotalMilliseconds);
        _backoff.Reset();
        memory.Update(view => view with { Setback = null });
        return (RotationOutcome.Rotated, StatusText.ResponseProblemOf(record, settings.Name));
    }

    private async Task<string> RefusedAsync(RotationEnd.Refused refused, CredentialRecord record)
    {
        RotationDutyLog.Refused(_logger, settings.Name, refused.Description);
        if (refused.Code == OAuthError.InvalidClient)
        {
            return RefuseClient(refused);
        }

        var isFinal = record is { Rejection: not null, RejectionMayPass: true }
            || (CountRefusal(record, refused) && memory.View.ExpiresAt <= engine.Time.GetUtcNow());
        if (isFinal && memory.View.Record?.Rejection is null)
        {
            amendments.Reject(memory.View.Record is { } current && current.Id == record.Id ? current : record, refused.Description, mayPass: true);
            await commit.TryTellAsync();
            RotationDutyLog.RefusedForLong(_logger, settings.Name, refused.Description);
        }

        var pause = isFinal ? RefusedInterval : _backoff.NextAfterResponse(memory.View.ExpiresAt - engine.Time.GetUtcNow());
        return Fail(Longer(pause, refused.RetryAfter), WhyRefused(refused, record));
    }

    /// <summary>
    /// <c>invalid_client</c> passes: a provider may learn of a new secret later than this process. It is asked again after 10 s, growing to 5 min, and at once when the secret is another one.
    /// </summary>
    private string RefuseClient(RotationEnd.Refused refused)
    {
        var pause = FirstClientPause * Math.Pow(2, Math.Min(_clientRefusals++, 5));
        var retryAt = plan.PauseClient(Longer(pause < LongestClientPause ? pause : LongestClientPause, refused.RetryAfter));
        var problem = $"The provider refuses the client of {settings.Name} ({refused.Description}): check ClientId and ClientSecret under "
            + $"TokenGateway:Credentials:{settings.Name}. Nothing is spent, and it is tried again.";
        NoteSetback(new Setback(TokenFailureCode.TokenUnavailable, problem, retryAt));
        return problem;
    }

    private static TimeSpan Longer(TimeSpan pause, TimeSpan? wanted)
    {
        var bounded = wanted > LongestRetryAfter ? LongestRetryAfter : wanted;
        return bounded > pause ? bounded.Value : pause;
    }

    private string WhyRefused(RotationEnd.Refused refused, CredentialRecord record) =>
        refused.Response is null ? $"The provider refused to rotate {settings.Name} ({refused.Description})."
        : record.EndpointIsProven || !refused.IsHttpStatus ? $"The provider refused to rotate {settings.Name} ({refused.Description}): {EndpointText.Answered(settings, refused.Response)}. Nothing is spent."
        : $"{EndpointText.Answered(settings, refused.Response, atStart: true)}, and has never given a token: is TokenEndpoint, or OAuthUrl, right? Nothing is spent.";

    /// <summary>
    /// True once a person is needed: this refresh token, and no other, has been refused often and for long. Where there is no refresh token nothing needs a person, and what passes by itself
    /// (a rate limit, an outage) does not count.
    /// </summary>
    private bool CountRefusal(CredentialRecord record, RotationEnd.Refused refused)
    {
        if (!refused.IsVerdict || settings.GrantType != GrantType.RefreshToken)
        {
            return false;
        }

        if (record.Id != _refusedRecordId)
        {
            (_refusals, _refusedSince, _refusedRecordId) = (0, engine.Time.GetTimestamp(), record.Id);
        }

        return ++_refusals >= LeastRefusals && engine.Time.GetElapsedTime(_refusedSince) >= LeastRefused;
    }

    private (RotationOutcome Outcome, string? Problem) WrongBinding()
    {
        var problem = memory.View.Record is { } record ? Binding.ProblemOf(record, settings) ?? "" : "";
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

        [LoggerMessage(EventIds.PairFoundBelow, LogLevel.Warning,
            "The token response of credential {Credential} holds its tokens at {Path}. Set its ResponsePath to that path to pin it.")]
        public static partial void PairFoundBelow(ILogger logger, string credential, string path);

        [LoggerMessage(EventIds.RotationNotSent, LogLevel.Warning,
            "Credential {Credential} was not rotated: the token endpoint {Endpoint} could not be reached ({Reason}). The refresh token is not spent; it is tried again.")]
        public static partial void NotSent(ILogger logger, string credential, Uri endpoint, string reason);

        [LoggerMessage(EventIds.RotationRefused, LogLevel.Warning, "The provider refused to rotate credential {Credential} ({Code}); the refresh token is not spent.")]
        public static partial void Refused(ILogger logger, string credential, string code);

        [LoggerMessage(EventIds.RotationRejected, LogLevel.Critical,
            "The provider does not accept the refresh token of credential {Credential} ({Code}), and it is not sent again. Unless another pair takes its place now: check the credential's settings, or log in again and put the new refresh token into the credential's seed.")]
        public static partial void Rejected(ILogger logger, string credential, string code);

        [LoggerMessage(EventIds.RotationRefusedForLong, LogLevel.Critical,
            "The provider has refused to rotate credential {Credential} for long ({Code}). The refresh token is not spent, and it is tried again once an hour: check the credential's settings at both ends, or log in again.")]
        public static partial void RefusedForLong(ILogger logger, string credential, string code);

        [LoggerMessage(EventIds.RotationInDoubt, LogLevel.Error,
            "The refresh token of credential {Credential} may have been spent without an answer ({Reason}). The live access token stays in use; the refresh token is sent again when that is safe; a new seed ends the wait.")]
        public static partial void InDoubt(ILogger logger, string credential, string reason);

        [LoggerMessage(EventIds.StoreUnavailable, LogLevel.Warning, "Credential {Credential} is not rotated while the store is away. {Problem}")]
        public static partial void StoreUnavailable(ILogger logger, string credential, string problem);

        [LoggerMessage(EventIds.BindingChanged, LogLevel.Error, "{Problem}")]
        public static partial void BindingChanged(ILogger logger, string problem);
    }
}
