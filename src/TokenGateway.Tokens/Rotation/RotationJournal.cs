using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Storage.Journal;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// What a rotation asks of the journal: room before the intent, and the answer on disk before it is read. A disk that fails is reported and never stops
/// a pair on its way to the store.
/// </summary>
internal sealed partial class RotationJournal(CredentialSettings settings, EngineContext engine, CredentialMemory memory)
{
    private readonly ILogger _logger = engine.LoggerOf<RotationJournal>();
    private int _lastSize = AnswerBody.Limit;

    /// <summary>False where an answer that is lost costs nothing: whoever asks again gets another token.</summary>
    public bool IsNeeded => settings.GrantType == GrantType.RefreshToken;

    /// <summary>Finds out whether a disk that failed is well again: nobody should be told of it until the next rotation.</summary>
    public async Task ProbeAsync()
    {
        if (memory.View.JournalProblem is not null)
        {
            using var room = await TryReserveAsync();
        }
    }

    /// <summary>Room for the answer to <paramref name="intent"/>; null when the disk has none, or none is needed.</summary>
    public Task<JournalReservation?> ReserveAsync(StoredRecord intent)
    {
        if (!IsNeeded)
        {
            return Task.FromResult<JournalReservation?>(null);
        }

        _lastSize = AnswerBody.Limit + intent.Document.Length;
        return TryReserveAsync();
    }

    /// <summary>Keeps the raw answer; when this returns it survives the process, or the log says that it does not.</summary>
    public async Task KeepAsync(JournalReservation? room, DeclaredIntent intent, RotationStamp stamp, RawAnswer answer)
    {
        if (!IsNeeded)
        {
            return;
        }

        if (room is null)
        {
            RotationJournalLog.NotJournaled(_logger, settings.Name, "There was no room for it.");
            return;
        }

        try
        {
            await room.KeepAsync(new JournaledAnswer(settings.Name, intent.Stored, intent.Attempt.Id, stamp.Id, stamp.By, stamp.Took, answer));
        }
        catch (Exception error)
        {
            NoteProblem(error.Message);
            RotationJournalLog.NotJournaled(_logger, settings.Name, error.Message);
        }
    }

    private async Task<JournalReservation?> TryReserveAsync()
    {
        try
        {
            var room = await engine.Journal.ReserveAsync(_lastSize);
            memory.Update(view => view with { JournalProblem = null });
            return room;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            NoteProblem(error.Message);
            return null;
        }
    }

    private void NoteProblem(string reason)
    {
        var problem = $"The journal cannot be written, so that a crash during a rotation of {settings.Name} would lose its refresh token: {reason}";
        if (memory.View.JournalProblem != problem)
        {
            RotationJournalLog.NoJournal(_logger, problem);
        }

        memory.Update(view => view with { JournalProblem = problem });
    }

    private static partial class RotationJournalLog
    {
        [LoggerMessage(EventIds.NoJournal, LogLevel.Error, "{Problem}")]
        public static partial void NoJournal(ILogger logger, string problem);

        [LoggerMessage(EventIds.AnswerNotJournaled, LogLevel.Error,
            "The answer to the rotation of credential {Credential} is not in the journal: it is lost if this process ends before the store has it. {Reason}")]
        public static partial void NotJournaled(ILogger logger, string credential, string reason);
    }
}
