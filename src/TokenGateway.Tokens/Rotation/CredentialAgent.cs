using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Telemetry;
using TokenGateway.Tokens.Validation;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// Looks after one credential in this process. One loop does all that takes time, one thing after the other, so that there is never more than
/// one rotation at a time here (single flight by construction); requests and announcements touch <see cref="CredentialMemory"/> only.
/// </summary>
internal sealed partial class CredentialAgent
{
    /// <summary>For a last commit when stopping. After that the journal has the pair for the next process; where it has not, there is no end to it.</summary>
    private static readonly TimeSpan LastTries = TimeSpan.FromSeconds(10);

    private readonly CredentialSettings _settings;
    private readonly EngineContext _engine;
    private readonly TokenOwners _owners;
    private readonly CredentialMemory _memory;
    private readonly MonotonicClock _clock;
    private readonly WakeSignal _wake;
    private readonly RotationPlan _plan;
    private readonly PollDuty _poll;
    private readonly SeedDuty _seed;
    private readonly RebindDuty _rebind;
    private readonly ReseedDuty _reseed;
    private readonly LoginDuty _login;
    private readonly FallbackDuty _fallback;
    private readonly RotationDuty _rotation;
    private readonly ValidationDuty _validation;
    private readonly TokenWait _wait;
    private readonly ILogger _logger;
    private readonly AskedRotations _asked;
    private readonly Amendments _amendments;
    private readonly KeptResponses _kept;
    private readonly Reconciler _reconciler;
    private readonly JournalReplay _replay;
    private readonly RotationJournal _journal;
    private volatile bool _hasEnded;
    private volatile bool _resigned;

    /// <param name="settings">How to look after it.</param>
    /// <param name="engine">What it shares with the others.</param>
    /// <param name="owners">Which credential a refresh token belongs to.</param>
    /// <param name="predecessor">The agent whose place it takes under changed settings, and whose loop has ended: what that one knew, and has not yet told the store, goes on here.</param>
    public CredentialAgent(CredentialSettings settings, EngineContext engine, TokenOwners owners, CredentialAgent? predecessor = null)
    {
        _settings = settings;
        _engine = engine;
        _owners = owners;
        _clock = predecessor?._clock ?? new MonotonicClock(engine.Time);
        _wake = new WakeSignal(engine.Time);
        _logger = engine.LoggerOf<CredentialAgent>();
        _memory = predecessor?._memory ?? new CredentialMemory(settings, engine.Time, engine.Random);
        _amendments = predecessor?._amendments ?? new Amendments();
        _kept = predecessor?._kept ?? new KeptResponses();
        _reconciler = predecessor?._reconciler ?? new Reconciler(settings.Name, engine, _memory, _amendments, _kept, _clock);
        _replay = new JournalReplay(settings, engine, _memory, _amendments, _kept);
        var commit = new RotationCommit(settings.Name, engine, _memory, _reconciler, _amendments);
        _journal = new RotationJournal(settings, engine, _memory);
        var adoption = new Adoption(settings, engine, _memory, _reconciler, _amendments);
        var history = new RotationHistory(settings.Name, engine);
        _plan = new RotationPlan(settings, engine, _memory, _clock);
        _asked = new AskedRotations(settings, engine, _memory, _plan);
        _seed = new SeedDuty(
            settings, engine, _memory, adoption, new FormerRecord(settings, engine, adoption), owners, new SeedReader(settings, engine), _clock);
        _fallback = new FallbackDuty(settings, engine, _memory, adoption, owners, _plan, _clock);
        _rebind = new RebindDuty(settings, engine, _memory, adoption, _seed, _clock);
        _reseed = new ReseedDuty(settings, engine, _memory, adoption, owners, _seed, _fallback, _clock);
        _poll = new PollDuty(settings, engine, _memory, _reconciler, _seed, _clock);
        var pending = new PendingExchange(settings.Name, _wake, _poll, _logger);
        _login = new LoginDuty(settings, engine, _memory, adoption, _seed, new CodeExchange(settings, engine, _memory, _journal, pending), history, _clock);
        var rotator = new Rotator(settings, engine, _memory, _reconciler, _amendments, _journal, commit, _kept, pending);
        _rotation = new RotationDuty(settings, engine, _memory, _amendments, rotator, commit, _plan, history);
        _validation = new ValidationDuty(settings, engine, _memory, _plan, _clock);
        var next = new NextAttempt(_plan, _fallback);
        _wait = new TokenWait(settings, _memory, next, engine.Time, _clock);
        Recovery = new UnauthorizedRecovery(
            settings, engine, _memory, new StoreGlance(settings.Name, engine.Store, engine.Time, OnAnnounced), _validation, _asked, _plan, _wait, _wake);
        Reports = new CredentialReporter(settings, engine, _memory, _plan, next, _fallback, _kept, history);
    }

    public CredentialMemory Memory => _memory;

    /// <summary>True when the loop begins nothing any more, as the engine stops or a successor takes over.</summary>
    public bool HasEnded
    {
        get => _hasEnded;
        private set => _hasEnded = value;
    }

    public UnauthorizedRecovery Recovery { get; }

    public CredentialReporter Reports { get; }

    public TokenDelivery Delivery => _settings.Delivery;

    /// <summary>What this agent has not told the store is not its to tell any more: a successor does, or nobody.</summary>
    public void Resign() => _resigned = true;

    /// <summary>The loop looks again at what there is to do.</summary>
    public void Wake() => _wake.Set();

    /// <summary>This agent's loop has ended for good: its successor under changed settings.</summary>
    public CredentialAgent SucceedUnder(CredentialSettings changed)
    {
        _memory.Apply(changed);
        var successor = new CredentialAgent(changed, _engine, _owners, this);
        successor._replay.ReadAgain();
        return successor;
    }

    /// <summary>1. The hot path: one volatile read, one clock, one comparison, no allocation. 2. Only without a live token is anything waited for.</summary>
    public ValueTask<TokenResult> GetTokenAsync(CancellationToken cancellationToken) =>
        _memory.Live is { } live && _engine.Time.GetUtcNow().UtcTicks < live.UsableUntilTicks
            ? new ValueTask<TokenResult>(live.Result)
            : new ValueTask<TokenResult>(_wait.WaitAsync(cancellationToken));

    /// <summary>Before anything else: what earlier processes left in the journal.</summary>
    public void Replay() => _reconciler.SettlesJournal = _replay.Run();

    /// <summary>A record came by announcement: on the announcing thread, since memory needs no waiting.</summary>
    public void OnAnnounced(StoredRecord stored)
    {
        try
        {
            var announced = _engine.Codec.Decode(_settings.Name, stored);
            if (_memory.Offer(announced))
            {
                _wake.Set();
            }
            else if (_memory.View.Record is { } held && Lineage.Descends(held, announced))
            {
                // Somebody has begun from an older record than ours: the store has forgotten the newer one.
                _poll.Hasten();
                _wake.Set();
            }
        }
        catch (UnreadableRecordException)
        {
            // Polling meets it in the store, and reports it there.
        }
    }

    /// <summary>Meets the store now: it may have lost what it acknowledged.</summary>
    public void OnReconnected()
    {
        _poll.MeetAnew();
        _wake.Set();
    }

    /// <summary>Asks the loop for a rotation and waits for its end. All who ask meanwhile share one.</summary>
    public Task<RotationReport> RotateAsync(bool force, CancellationToken cancellationToken)
    {
        var asked = _asked.AskAsync(force);
        _wake.Set();
        return asked.WaitAsync(cancellationToken);
    }

    /// <summary>Asks the loop for a validation and waits for its verdict.</summary>
    public Task<ValidationReport> ValidateAsync(CancellationToken cancellationToken)
    {
        var asked = _validation.AskAsync(_engine.Time.GetUtcNow());
        _wake.Set();
        return asked.WaitAsync(cancellationToken);
    }

    /// <summary>Hands a seed over to the loop and waits for the end of its first exchange.</summary>
    public Task<ReseedReport> ReseedAsync(Secret refreshToken, CancellationToken cancellationToken) =>
        _reseed.AskAsync(refreshToken, _wake.Set, cancellationToken);

    /// <inheritdoc cref="ITokenManager.BeginLogin" />
    public AuthorizationRequest BeginLogin(Uri? redirectUri) => _login.Begin(redirectUri);

    /// <summary>Hands the code of a login over to the loop and waits for the end of its exchange.</summary>
    public Task<ReseedReport> CompleteLoginAsync(AuthorizationRequest request, Secret code, CancellationToken cancellationToken) =>
        _login.AskAsync(request, code, _wake.Set, cancellationToken);

    /// <summary>
    /// Runs until <paramref name="stopping"/>, of which <see cref="Wake"/> tells: what is under way then is ended, and nothing new is begun. A pair that the store does not have yet is
    /// offered to it until it has it, or until <paramref name="givingUp"/>.
    /// </summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken givingUp)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await StepAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error)
            {
                // A defect, or a store that changed its mind between two calls: the loop must outlive both.
                CredentialAgentLog.Failed(_logger, error, _settings.Name);
                _plan.Pause(_engine.StoreSettings.PollInterval);
                await _wake.WaitAsync(TimeSpan.FromSeconds(1));
            }
        }

        HasEnded = true;
        _asked.Cancel();
        _validation.Cancel();
        _reseed.Cancel();
        _login.Cancel();
        if (!_resigned)
        {
            await SettleAsync(givingUp);
        }
    }

    /// <summary>The last news for the store: how our attempts ended, once; a new pair, until it is there.</summary>
    private async Task SettleAsync(CancellationToken givingUp)
    {
        if (_memory.View.Untold && !givingUp.IsCancellationRequested)
        {
            await _poll.RunAsync();
        }

        var until = _clock.Now + LastTries;
        while (_memory.View is { Uncommitted: true, Replayed: false } view && (view.JournalProblem is not null || _clock.Now < until) && !givingUp.IsCancellationRequested)
        {
            CredentialAgentLog.StopWaitsForCommit(_logger, _settings.Name);
            await Task.Delay(TimeSpan.FromSeconds(1), _engine.Time, givingUp)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            await _poll.RunAsync();
        }
    }

    /// <summary>Does the first thing that is due, or waits for the next.</summary>
    private ValueTask StepAsync(CancellationToken stopping)
    {
        _asked.Settle();
        _reseed.Settle();
        var (poll, rebind, reseed, login, seed, fallback, validation) =
            (_poll.Delay(), _rebind.Delay(), _reseed.Delay(), _login.Delay(), _seed.Delay(), _fallback.Delay(), _validation.Delay());
        var rotation = _fallback.TakesOver || rebind < TimeSpan.MaxValue ? TimeSpan.MaxValue : _rotation.Delay();
        var next = NextAttempt.Earliest(poll, rebind, reseed, login, seed, fallback, rotation, validation);
        return next > TimeSpan.Zero ? _wake.WaitAsync(next) : new ValueTask(
            poll <= TimeSpan.Zero ? PollAsync()
            : rebind <= TimeSpan.Zero ? AdoptAsync(_rebind.RunAsync(stopping))
            : reseed <= TimeSpan.Zero ? _reseed.RunAsync(stopping)
            : login <= TimeSpan.Zero ? _login.RunAsync(stopping)
            : seed <= TimeSpan.Zero ? AdoptAsync(_seed.RunAsync(stopping))
            : fallback <= TimeSpan.Zero ? AdoptAsync(_fallback.RunAsync(stopping))
            : rotation <= TimeSpan.Zero ? RotateOnceAsync(stopping)
            : _validation.RunAsync(stopping));
    }

    private async Task PollAsync()
    {
        await _poll.RunAsync();
        await _journal.ProbeAsync();
    }

    private static async Task AdoptAsync(Task adoption)
    {
        try
        {
            await adoption;
        }
        catch (Exception error) when (error is StoreUnavailableException or UnreadableRecordException)
        {
            // Polling reports it; what was to be adopted is looked at again soon. What cannot be read is never written over.
        }
    }

    private async Task RotateOnceAsync(CancellationToken stopping)
    {
        try
        {
            var report = await _rotation.RunAsync(stopping);
            _asked.End(report, _rotation.PeerIsRotating);
        }
        catch (Exception error)
        {
            _asked.Fail(error);
            throw;
        }
    }

    private static partial class CredentialAgentLog
    {
        [LoggerMessage(EventIds.AgentFailed, LogLevel.Error, "The agent of credential {Credential} met an error that it did not expect, and goes on.")]
        public static partial void Failed(ILogger logger, Exception error, string credential);

        [LoggerMessage(EventIds.StopWaitsForCommit, LogLevel.Warning,
            "Stopping waits: the newest pair of credential {Credential} is not yet stored, and would be lost with this process.")]
        public static partial void StopWaitsForCommit(ILogger logger, string credential);
    }
}
