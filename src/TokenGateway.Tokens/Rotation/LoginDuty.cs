using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// Ends a person's login: exchanges the code for a pair under the lease, and puts that pair into the place of the current one as a reseed does. The pair goes the way of every
/// rotation's: on disk before anything is made of it, into use, and to the store until the store has it. Whatever fails before there is a pair leaves the current one as it is.
/// </summary>
internal sealed partial class LoginDuty(
    CredentialSettings settings, EngineContext engine, CredentialMemory memory, Adoption adoption, SeedDuty seeds, CodeExchange exchange, RotationHistory history, MonotonicClock clock)
{
    private readonly ILogger _logger = engine.LoggerOf<LoginDuty>();
    private readonly HandoverSlot<AskedLogin> _slot = new(settings, engine);
    private TimeSpan _dueAt;

    /// <summary>How long until a code that came is tried.</summary>
    public TimeSpan Delay() => _slot.Asked is { Began: false } ? _dueAt - clock.Now : TimeSpan.MaxValue;

    /// <inheritdoc cref="ITokenManager.BeginLogin" />
    public AuthorizationRequest Begin(Uri? redirectUri) => new(
        settings.OffersLogin ? settings : throw new InvalidOperationException(
            $"There is nowhere to log in for {settings.Name}: set TokenGateway:Credentials:{settings.Name}:AuthorizationEndpoint, or hand over a refresh token."),
        settings.Login.RedirectUri ?? redirectUri ?? throw new InvalidOperationException(
            $"A login of {settings.Name} has no way back: set TokenGateway:Credentials:{settings.Name}:RedirectUri to an address that leads to the management listener."),
        engine.Random);

    /// <summary>Hands the code of a login over, and waits for the end. A rotation that is under way ends first, for as long as a lease lasts.</summary>
    public Task<ReseedReport> AskAsync(AuthorizationRequest request, Secret code, Action wake, CancellationToken cancellationToken) => _slot.AskAsync(
        new AskedLogin(request, code),
        settings.LeaseDuration,
        new ReseedReport(ReseedOutcome.InDoubt, $"The exchange of the code for {settings.Name} takes longer than it should; the credential's status tells what comes of it."),
        wake,
        cancellationToken);

    /// <inheritdoc cref="HandoverSlot{T}.Cancel" />
    public void Cancel() => _slot.Cancel();

    public async Task RunAsync(CancellationToken stopping)
    {
        if (_slot.Asked is not { Began: false } asked || !asked.TryBegin())
        {
            return;
        }

        if (seeds.HoldUp() is { } wait)
        {
            PutOff(asked, wait, new ReseedReport(ReseedOutcome.StoreUnavailable, "The store was away or empty a moment ago, and what other replicas know is awaited."));
            return;
        }

        try
        {
            await AdoptAsync(asked, stopping);
        }
        catch (Exception error) when (error is StoreUnavailableException or UnreadableRecordException)
        {
            _slot.End(asked, asked.Began ? Kept(error.Message) : new ReseedReport(ReseedOutcome.StoreUnavailable, error.Message));
        }
        catch (Exception error)
        {
            _slot.Fail(asked, error);
            throw;
        }
    }

    private async Task AdoptAsync(AskedLogin asked, CancellationToken stopping)
    {
        var (granted, failure) = ((CredentialRecord?)null, (ReseedReport?)null);
        var end = await adoption.TryAsync(
            async current =>
            {
                asked.Began = true;
                (granted, failure) = await exchange.RunAsync(asked.Request, asked.Code, current);
                return granted;
            },
            stopping);
        await (granted is null ? Task.CompletedTask : history.AppendAsync(RotationHistory.EntryOf(granted)));
        switch (end)
        {
            case AdoptionEnd.Adopted adopted:
                memory.Update(view => view.Record?.Id == adopted.Record.Id ? view with { Uncommitted = false } : view);
                LoginDutyLog.Adopted(_logger, settings.Name, adopted.Replaced is null ? "an empty store" : $"generation {adopted.Replaced.Generation}");
                _slot.End(asked, new ReseedReport(ReseedOutcome.Accepted, null));
                break;
            case AdoptionEnd.Later when asked.Began:
                _slot.End(asked, Kept("Another replica has written meanwhile."));
                break;
            case AdoptionEnd.Later later:
                PutOff(asked, later.After, _slot.Busy());
                break;
            default:
                _slot.End(asked, failure!);
                break;
        }
    }

    private void PutOff(AskedLogin asked, TimeSpan wait, ReseedReport heldUpBy)
    {
        _dueAt = clock.Now + wait;
        asked.GiveBack(heldUpBy);
    }

    private ReseedReport Kept(string reason) => new(
        ReseedOutcome.Accepted, $"The pair that the provider gave for {settings.Name} is in use here and kept on disk, and goes to the store as soon as that takes it. {reason}");

    private static partial class LoginDutyLog
    {
        [LoggerMessage(EventIds.LoginAdopted, LogLevel.Information, "Adopted the pair of a login for credential {Credential} over {What}.")]
        public static partial void Adopted(ILogger logger, string credential, string what);
    }
}

/// <summary>A code that waits for its exchange.</summary>
internal sealed class AskedLogin(AuthorizationRequest request, Secret code) : AskedHandover
{
    private volatile bool _began;

    public AuthorizationRequest Request { get; } = request;

    public Secret Code { get; } = code;

    /// <summary>True once the code may have been sent: it is sent once.</summary>
    public bool Began
    {
        get => _began;
        set => _began = value;
    }
}
