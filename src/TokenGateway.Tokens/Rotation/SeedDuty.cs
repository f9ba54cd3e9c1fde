using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// Watches the configured seed. A seed is only a seed: the store wins on every restart, a seed that was never seen is an operator's
/// reseed, and one that was adopted or spent before is never sent again.
/// </summary>
internal sealed partial class SeedDuty(
    CredentialSettings settings, EngineContext engine, CredentialMemory memory, Adoption adoption, FormerRecord former, TokenOwners owners, SeedReader reader, MonotonicClock clock)
{
    /// <summary>Secret files are read again within 10 s of a change: a read every 4 s, and a second, equal one 2 s later.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(4);

    private readonly ILogger _logger = engine.LoggerOf<SeedDuty>();
    private readonly bool _fromFile = settings.RefreshToken.File is not null;
    private readonly ConfirmedRead _reads = new(settings.RefreshToken);
    private TimeSpan _dueAt;
    private bool _settled;
    private TimeSpan? _emptySince;

    /// <summary>How long until the seed is looked at again.</summary>
    public TimeSpan Delay() => _settled && !_fromFile ? TimeSpan.MaxValue : _dueAt - clock.Now;

    /// <summary>The store has a record, or does not answer: what was learnt of its being empty no longer counts.</summary>
    public void StoreIsNotKnownEmpty() => _emptySince = null;

    /// <summary>The store is empty: it may have been so for long, or have forgotten everything a moment ago.</summary>
    public void StoreIsEmpty() => _emptySince ??= clock.Now;

    /// <summary>How long no seed may be adopted, since it is not known here yet what the store or a peer knows of it; null when it may.</summary>
    public TimeSpan? HoldUp()
    {
        var view = memory.View;
        return view.Replayed || clock.Now < view.QuietUntil ? engine.StoreSettings.PollInterval / 2
            : view.Record is null ? WaitForPeers()
            : null;
    }

    /// <exception cref="StoreUnavailableException">The store could not be asked; tried again at the next interval.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        _dueAt = clock.Now + Interval;
        if (settings.FormerName is not null && memory.View.Record is null && HoldUp() is null && await TakesOverAsync(stopping))
        {
            return;
        }

        if (ReadConfirmed() is not { } refreshToken)
        {
            NoteMissing();
            return;
        }

        if (HoldUp() is { } wait)
        {
            _dueAt = clock.Now + wait;
        }
        else if (memory.View.Record is { } record)
        {
            await ConsiderAsync(record, refreshToken, stopping);
        }
        else if (WhyNotBegin() is { } reason)
        {
            NoteProblem(reason);
        }
        else
        {
            await AdoptAsync(refreshToken, stopping);
        }
    }

    /// <summary>What the record of the credential's former name comes to; nothing is seeded beside it.</summary>
    private async Task<bool> TakesOverAsync(CancellationToken stopping)
    {
        var end = await former.TryTakeOverAsync(stopping);
        switch (end)
        {
            case AdoptionEnd.Adopted:
                NoteProblem(null);
                SeedDutyLog.TakenOver(_logger, settings.Name, settings.FormerName!);
                break;
            case AdoptionEnd.Later later:
                _dueAt = clock.Now + later.After;
                break;
            default:
                return false;
        }

        return true;
    }

    /// <summary>A journal that cannot be read may hold the newest pair of any credential: a seed that the store does not know may be spent then.</summary>
    private string? WhyNotBegin() => settings.GrantType != GrantType.RefreshToken || engine.Journal.Unread is not { } unread ? null
        : $"Credential {settings.Name} is not seeded, since its seed may be spent: {unread}, and the store does not know {settings.Name}. "
        + "Bring the missing key back into TokenGateway:Encryption:Keys and start again; where nothing of that file is needed, move it out of TokenGateway:Store:JournalPath.";

    /// <summary>A missing file is no mistake where the store knows the credential; where it does not, nothing can begin without it.</summary>
    private void NoteMissing()
    {
        if (settings.RefreshToken.IsConfigured && _reads.Last is null && memory.View is { Record: null, SeedProblem: null })
        {
            NoteProblem($"Credential {settings.Name} has no refresh token yet: the file that {reader.RefreshTokenPath} names is missing or empty.");
        }
    }

    private Secret? ReadConfirmed()
    {
        try
        {
            if (_reads.TryRead(out var secret))
            {
                return secret;
            }

            _dueAt = clock.Now + ConfirmedRead.Confirmation;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            NoteProblem($"{reader.RefreshTokenPath} cannot be read: {error.Message}");
        }

        return null;
    }

    /// <summary>Two poll intervals: time for a replica that knows more to bring back what the store has lost.</summary>
    private TimeSpan? WaitForPeers()
    {
        if (!engine.Store.MayForget)
        {
            return null;
        }

        var left = _emptySince is { } since ? since + engine.PeersTime - clock.Now : Interval;
        return left > TimeSpan.Zero ? left : null;
    }

    private async Task ConsiderAsync(CredentialRecord record, Secret refreshToken, CancellationToken stopping)
    {
        var fingerprint = record.Fingerprints.Of(refreshToken);
        if (settings.GrantType == GrantType.ClientCredentials && !IsKnown(record, refreshToken))
        {
            await AdoptAsync(refreshToken, stopping);
        }
        else if (fingerprint == record.RefusedSeed)
        {
            _settled = true;
            NoteProblem(
                $"The provider refused the configured seed of credential {settings.Name}, and the pair before it is in use again: put another refresh token into {reader.RefreshTokenPath}.");
        }
        else if (refreshToken.Equals(record.RefreshToken) || IsAccountedFor(record, fingerprint))
        {
            _settled = true;
            NoteProblem(null);
        }
        else if (IsKnown(record, refreshToken))
        {
            _settled = true;
            NoteProblem(
                $"The configured seed of credential {settings.Name} was already spent, so it is not sent: put a new refresh token into {reader.RefreshTokenPath}.");
        }
        else
        {
            await AdoptAsync(refreshToken, stopping);
        }
    }

    private async Task AdoptAsync(Secret refreshToken, CancellationToken stopping)
    {
        if (settings.GrantType == GrantType.RefreshToken && await owners.FindAsync(settings.Name, settings.FormerName, refreshToken, stopping) is { } owner)
        {
            NoteProblem(TokenOwners.Problem("configured seed", settings.Name, owner, $"put a refresh token of its own into {reader.RefreshTokenPath}"));
            return;
        }

        var end = await adoption.TryAsync(
            async current => current is not null && IsKnown(current, refreshToken)
                ? null
                : Make(current, await reader.CompleteAsync(refreshToken, isFirst: current is null, stopping)),
            stopping);
        switch (end)
        {
            case AdoptionEnd.Adopted adopted:
                _settled = true;
                NoteProblem(null);
                SeedDutyLog.Adopted(_logger, settings.Name, adopted.Replaced is null ? "an empty store" : $"generation {adopted.Replaced.Generation}");
                break;
            case AdoptionEnd.Later later:
                _dueAt = clock.Now + later.After;
                break;
            default:
                _dueAt = clock.Now + TimeSpan.FromMilliseconds(100);
                break;
        }
    }

    /// <summary>Without a refresh token there is none to be known by: what counts is that the record stands for this client and grant.</summary>
    private bool IsKnown(CredentialRecord record, Secret refreshToken) => settings.GrantType == GrantType.ClientCredentials
        ? record.Binding == Binding.Of(settings)
        : refreshToken.Equals(record.RefreshToken) || (engine.Has(Safeguards.AdoptedSeeds) && record.HasUsed(refreshToken));

    /// <summary>It is the seed that was adopted last, or the one that an operator has since overtaken by another way: nobody made a mistake by leaving it where it is.</summary>
    private bool IsAccountedFor(CredentialRecord record, string fingerprint) =>
        engine.Has(Safeguards.AdoptedSeeds) && ((record.AdoptedSeeds is [var last, ..] && last == fingerprint) || record.OvertakenSeed == fingerprint);

    private CredentialRecord Make(CredentialRecord? current, Seed seed)
    {
        var stamp = new RotationStamp(engine.Random.NextId(), engine.Time.GetUtcNow(), engine.Replica.ToString(), TimeSpan.Zero);
        var family = engine.Random.NextId();
        return current is null
            ? Successor.Seeded(settings.Name, seed, family, Binding.Of(settings), FingerprintKey.Create(engine.Random), stamp)
            : current.Reseeded(seed, family, Binding.Of(settings), stamp);
    }

    private void NoteProblem(string? problem)
    {
        if (problem == memory.View.SeedProblem)
        {
            return;
        }

        memory.Update(view => view with { SeedProblem = problem });
        if (problem is not null)
        {
            SeedDutyLog.Problem(_logger, problem);
        }
    }

    private static partial class SeedDutyLog
    {
        [LoggerMessage(EventIds.SeedAdopted, LogLevel.Information, "Adopted the configured seed of credential {Credential} over {What}.")]
        public static partial void Adopted(ILogger logger, string credential, string what);

        [LoggerMessage(EventIds.RecordTakenOver, LogLevel.Information,
            "Credential {Credential} has taken over the record of {Former}, the name that it had before. Under that name nothing is sent any more.")]
        public static partial void TakenOver(ILogger logger, string credential, string former);

        [LoggerMessage(EventIds.SeedRefused, LogLevel.Error, "{Problem}")]
        public static partial void Problem(ILogger logger, string problem);
    }
}
