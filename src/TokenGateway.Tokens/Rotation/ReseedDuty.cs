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
    CredentialSettings settings, EngineContext engine, CredentialMemory memory, Adoption adoption, TokenOwners owners, SeedDuty seeds, FallbackDuty fallback, MonotonicClock clock)
{
    private readonly ILogger _logger = engine.LoggerOf<ReseedDuty>();
    private readonly HandoverSlot<AskedReseed> _slot = new(settings, engine);
    private TimeSpan _dueAt;

    /// <summary>How long until the seed that was handed over is tried.</summary>
    public TimeSpan Delay() => _slot.Asked is { Family: null } ? _dueAt - clock.Now : TimeSpan.MaxValue;

    /// <summary>
    /// Hands a seed over, and waits for its first exchange. It has <c>RequestWait</c> to be adopted; a rotation that takes longer is not waited for.
    /// </summary>
    public Task<ReseedReport> AskAsync(Secret refreshToken, Action wake, CancellationToken cancellationToken) => settings.GrantType == GrantType.ClientCredentials
        ? Task.FromResult(new ReseedReport(ReseedOutcome.NoRefreshToken, $"{settings.Name} gets its tokens with the client's own id and secret (GrantType: client_credentials), so there is no refresh token to hand over."))
        : _slot.AskAsync(
            new AskedReseed(refreshToken),
            settings.RequestWait,
            new ReseedReport(ReseedOutcome.ProviderUnavailable, $"The seed of {settings.Name} is stored, and its first exchange is still awaited."),
            wake,
            cancellationToken);

    /// <summary>Answers the one who asked, once the seed's first exchange has come to an end.</summary>
    public void Settle()
    {
        if (_slot.Asked is { Family: not null } asked && EndOf(asked, memory.View) is { } report)
        {
            _slot.End(asked, report);
        }
    }

    /// <inheritdoc cref="HandoverSlot{T}.Cancel" />
    public void Cancel() => _slot.Cancel();

    public async Task RunAsync(CancellationToken stopping)
    {
        if (_slot.Asked is not { Family: null } asked || !asked.TryBegin())
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
            _slot.End(asked, new ReseedReport(ReseedOutcome.StoreUnavailable, error.Message));
        }
        catch (Exception error)
        {
            _slot.Fail(asked, error);
            throw;
        }
    }

    private async Task AdoptAsync(AskedReseed asked, CancellationToken stopping)
    {
        if (await owners.FindAsync(settings.Name, settings.FormerName, asked.RefreshToken, stopping) is { } owner)
        {
            _slot.End(asked, new ReseedReport(ReseedOutcome.SeedSpent, TokenOwners.Problem("refresh token handed over", settings.Name, owner, "log in again for one of its own")));
            return;
        }

        var known = (CredentialRecord?)null;
        var end = await adoption.TryAsync(
            current =>
            {
                var rebinds = current is not null && current.RefreshToken.Equals(asked.RefreshToken) && current.Binding != Binding.Of(settings);
                known = current is not null && !rebinds && (current.RefreshToken.Equals(asked.RefreshToken) || current.HasUsed(asked.RefreshToken)) ? current : null;
                return Task.FromResult(known is not null ? null : rebinds ? Rebind(current!) : Make(current, asked.RefreshToken));
            },
            stopping);
        switch (end)
        {
            case AdoptionEnd.Adopted adopted:
                ReseedDutyLog.Adopted(_logger, settings.Name, adopted.Replaced is null ? "an empty store" : $"generation {adopted.Replaced.Generation}");
                asked.Family = adopted.Record.Family;
                break;
            case AdoptionEnd.Later later:
                _dueAt = clock.Now + later.After;
                asked.GiveBack(_slot.Busy());
                break;
            case var _ when known is { Generation: 0 } && known.RefreshToken.Equals(asked.RefreshToken):
                asked.Family = known.Family; // It was handed over before, and still waits for its first answer.
                break;
            case var _ when known is not null && known.RefusedSeed == known.Fingerprints.Of(asked.RefreshToken):
                _slot.End(asked, new ReseedReport(ReseedOutcome.SeedRefused, "The provider refused it when it was handed over before, so it is not sent again."));
                break;
            default:
                _slot.End(asked, new ReseedReport(ReseedOutcome.SeedSpent, $"This refresh token of {settings.Name} was spent or handed over before, so it is not sent: log in again for a new one."));
                break;
        }
    }

    private CredentialRecord Make(CredentialRecord? current, Secret refreshToken) => Successor.SeededBy(current, settings, refreshToken, engine.Random, Stamp());

    /// <summary>A person hands over the very token that is stored for another token endpoint or client: it belongs to the configured ones.</summary>
    private CredentialRecord Rebind(CredentialRecord current) => current.BoundTo(Binding.Of(settings), engine.Random.NextId(), Stamp());

    private RotationStamp Stamp() => new(engine.Random.NextId(), engine.Time.GetUtcNow(), engine.Replica.ToString(), TimeSpan.Zero);

    private ReseedReport? EndOf(AskedReseed asked, CredentialView view) => view.Record switch
    {
        null => null,
        var record when record.Family == asked.Family => EndOfFirst(record, view),
        var record when record.RefusedSeed == record.Fingerprints.Of(asked.RefreshToken) =>
            new ReseedReport(ReseedOutcome.SeedRefused, "The pair before it is in use again."),
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

    private static partial class ReseedDutyLog
    {
        [LoggerMessage(EventIds.SeedHandedOver, LogLevel.Information, "Adopted the seed that an operator handed over for credential {Credential} over {What}.")]
        public static partial void Adopted(ILogger logger, string credential, string what);
    }
}

/// <summary>A seed that waits for its adoption and its first answer.</summary>
internal sealed class AskedReseed(Secret refreshToken) : AskedHandover
{
    private volatile string? _family;

    public Secret RefreshToken { get; } = refreshToken;

    /// <summary>The family that it began; null until it is adopted.</summary>
    public string? Family
    {
        get => _family;
        set => _family = value;
    }
}
