using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// Adopts a seed that an operator hands over while running, as a changed seed file is adopted, and tells what became of its first exchange. It is in the store
/// before it is sent, so that neither a crash nor a restart with the old seed undoes it.
/// </summary>
internal sealed partial class ReseedDuty(
    CredentialSettings settings, EngineContext engine, CredentialMemory memory, Adoption adoption, SeedDuty seeds, FallbackDuty fallback, MonotonicClock clock)
{
    private readonly ILogger _logger = engine.Loggers.CreateLogger<ReseedDuty>();
    private AskedReseed? _asked;
    private TimeSpan _dueAt;
    private volatile bool _stopped;

    /// <summary>How long until the seed that was handed over is tried.</summary>
    public TimeSpan Delay() => Volatile.Read(ref _asked) is { Family: null } ? _dueAt - clock.Now : TimeSpan.MaxValue;

    /// <summary>
    /// Hands a seed over, and waits for its first exchange. It has <c>RequestWait</c> to be adopted; a rotation that takes longer is not waited for.
    /// </summary>
    public async Task<ReseedReport> AskAsync(Secret refreshToken, Action wake, CancellationToken cancellationToken)
    {
        if (_stopped)
        {
            throw new OperationCanceledException($"The engine has stopped looking after {settings.Name}.");
        }

        if (settings.GrantType == GrantType.ClientCredentials)
        {
            return new ReseedReport(ReseedOutcome.NoRefreshToken, $"{settings.Name} gets its tokens with the client's own id and secret (GrantType: client_credentials), so there is no refresh token to hand over.");
        }

        var asked = new AskedReseed(refreshToken);
        if (Interlocked.CompareExchange(ref _asked, asked, null) is not null)
        {
            return new ReseedReport(ReseedOutcome.RotationInProgress, $"Another reseed of {settings.Name} is under way.");
        }

        wake();
        try
        {
            return await asked.Ended.Task.WaitAsync(settings.RequestWait, engine.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return Withdraw(asked) ? asked.HeldUpBy ?? Busy() : await FirstAnswerAsync(asked, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Withdraw(asked);
            throw;
        }
    }

    /// <summary>Answers the one who asked, once the seed's first exchange has come to an end.</summary>
    public void Settle()
    {
        if (Volatile.Read(ref _asked) is { Family: not null } asked && EndOf(asked, memory.View) is { } report)
        {
            End(asked, report);
        }
    }

    /// <summary>Nothing is begun any more.</summary>
    public void Cancel()
    {
        _stopped = true;
        Volatile.Read(ref _asked)?.Ended.TrySetCanceled(CancellationToken.None);
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        if (Volatile.Read(ref _asked) is not { Family: null } asked || !asked.TryBegin())
        {
            return;
        }

        if (seeds.HoldUp() is { } wait)
        {
            _dueAt = clock.Now + wait;
            asked.GiveBack(new ReseedReport(ReseedOutcome.StoreUnavailable, "The store was away or empty a moment ago, and what other replicas know is awaited."));
            return;
        }

        try
        {
            await AdoptAsync(asked, stopping);
        }
        catch (Exception error) when (error is StoreUnavailableException or UnreadableRecordException)
        {
            End(asked, new ReseedReport(ReseedOutcome.StoreUnavailable, error.Message));
        }
        catch (Exception error)
        {
            // Begun and never ended, it would be due for ever, and in the way of every other one.
            Interlocked.CompareExchange(ref _asked, null, asked);
            asked.Ended.TrySetException(error);
            throw;
        }
    }

    private async Task AdoptAsync(AskedReseed asked, CancellationToken stopping)
    {
        var known = (CredentialRecord?)null;
        var end = await adoption.TryAsync(
            current =>
            {
                known = current is not null && (current.RefreshToken.Equals(asked.RefreshToken) || current.HasUsed(asked.RefreshToken)) ? current : null;
                return Task.FromResult(known is null ? Make(current, asked.RefreshToken) : null);
            },
            stopping);
        switch (end)
        {
            case AdoptionEnd.Adopted adopted:
                Log.Adopted(_logger, settings.Name, adopted.Replaced is null ? "an empty store" : $"generation {adopted.Replaced.Generation}");
                asked.Family = adopted.Record.Family;
                break;
            case AdoptionEnd.Later later:
                _dueAt = clock.Now + later.After;
                asked.GiveBack(Busy());
                break;
            case var _ when known is { Generation: 0 } && known.RefreshToken.Equals(asked.RefreshToken):
                asked.Family = known.Family; // It was handed over before, and still waits for its first answer.
                break;
            case var _ when known is not null && known.RefusedSeed == known.Fingerprints.Of(asked.RefreshToken):
                End(asked, new ReseedReport(ReseedOutcome.SeedRefused, "The provider refused it when it was handed over before, so it is not sent again."));
                break;
            default:
                End(asked, new ReseedReport(ReseedOutcome.SeedSpent, $"This refresh token of {settings.Name} was spent or handed over before, so it is not sent: log in again for a new one."));
                break;
        }
    }

    private CredentialRecord Make(CredentialRecord? current, Secret refreshToken)
    {
        var stamp = new RotationStamp(engine.Random.NextId(), engine.Time.GetUtcNow(), engine.Replica.ToString(), TimeSpan.Zero);
        var (family, binding) = (engine.Random.NextId(), Binding.Of(settings));
        return current is null
            ? Successor.Seeded(settings.Name, new Seed(refreshToken, null, default), family, binding, FingerprintKey.Create(engine.Random), stamp)
            : current.ReseededOverConfiguration(refreshToken, family, binding, stamp);
    }

    private async Task<ReseedReport> FirstAnswerAsync(AskedReseed asked, CancellationToken cancellationToken)
    {
        try
        {
            return await asked.Ended.Task.WaitAsync(settings.TokenEndpointTimeout + settings.LeaseDuration, engine.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new ReseedReport(ReseedOutcome.ProviderUnavailable, $"The seed of {settings.Name} is stored, and its first exchange is still awaited.");
        }
    }

    private ReseedReport? EndOf(AskedReseed asked, CredentialView view) => view.Record switch
    {
        null => null,
        var record when record.Family == asked.Family => EndOfFirst(record, view),
        var record when record.RefusedSeed == record.Fingerprints.Of(asked.RefreshToken) =>
            new ReseedReport(ReseedOutcome.SeedRefused, "The provider refused it; the pair before it is in use again."),
        _ => new ReseedReport(ReseedOutcome.RotationInProgress, "Another seed has taken its place meanwhile."),
    };

    private ReseedReport? EndOfFirst(CredentialRecord record, CredentialView view) => record switch
    {
        { Generation: > 0 } => new ReseedReport(ReseedOutcome.Accepted, null),
        { Rejection: { } code } => fallback.HasFallback ? null : new ReseedReport(ReseedOutcome.SeedRefused, $"The provider refused it ({code}), and there is no pair before it that could be used again."),
        { Phase: RecordPhase.InDoubt } => new ReseedReport(ReseedOutcome.InDoubt, "The answer to its first exchange was lost: it may be spent."),
        _ when view.Setback is { } setback =>
            new ReseedReport(
                setback.Code == TokenFailureCode.StoreUnavailable ? ReseedOutcome.StoreUnavailable : ReseedOutcome.ProviderUnavailable,
                $"The seed is stored and is tried again. {setback.Message}"),
        _ => null,
    };

    private ReseedReport Busy() => new(ReseedOutcome.RotationInProgress, $"A rotation of {settings.Name} is under way, whose answer may still come.");

    /// <returns>False when its adoption has begun: then it goes on, whoever waits for it.</returns>
    private bool Withdraw(AskedReseed asked)
    {
        var withdrawn = asked.TryBegin();
        if (withdrawn)
        {
            Interlocked.CompareExchange(ref _asked, null, asked);
        }

        return withdrawn;
    }

    private void End(AskedReseed asked, ReseedReport report)
    {
        Interlocked.CompareExchange(ref _asked, null, asked);
        asked.Ended.TrySetResult(report);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.SeedHandedOver, LogLevel.Information, "Adopted the seed that an operator handed over for credential {Credential} over {What}.")]
        public static partial void Adopted(ILogger logger, string credential, string what);
    }
}

/// <summary>A seed that waits for its adoption and its first answer.</summary>
internal sealed class AskedReseed(Secret refreshToken)
{
    private int _begun;
    private volatile string? _family;
    private volatile ReseedReport? _heldUpBy;

    public Secret RefreshToken { get; } = refreshToken;

    public TaskCompletionSource<ReseedReport> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The family that it began; null until it is adopted.</summary>
    public string? Family
    {
        get => _family;
        set => _family = value;
    }

    /// <summary>What its adoption has met so far; null where it was not tried.</summary>
    public ReseedReport? HeldUpBy => _heldUpBy;

    /// <summary>True for one caller: the adoption that begins, or the operator who no longer waits for it.</summary>
    public bool TryBegin() => Interlocked.Exchange(ref _begun, 1) == 0;

    /// <summary>It was not adopted, and may be tried again or withdrawn.</summary>
    public void GiveBack(ReseedReport heldUpBy)
    {
        _heldUpBy = heldUpBy;
        Volatile.Write(ref _begun, 0);
    }
}
