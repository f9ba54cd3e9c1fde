using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Storage.Journal;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// Takes up what earlier processes left in the journal: answers that the store may not have, and the newest record that they knew. A replayed answer
/// makes the very record that it would have made then, so that replaying it twice, or beside its own commit, changes nothing.
/// </summary>
internal sealed partial class JournalReplay(CredentialSettings settings, EngineContext engine, CredentialMemory memory, Amendments amendments, KeptResponses kept)
{
    private readonly ILogger _logger = engine.LoggerOf<JournalReplay>();

    /// <returns>False when something is there that cannot be read: it must not be thrown away. What can be read counts all the same.</returns>
    public bool Run()
    {
        var findings = engine.Journal.Find(settings.Name);
        var entries = findings.Records.Select(stored => (Func<CredentialRecord?>)(() => Decode(stored)))
            .Concat(findings.Answers.Select(answer => (Func<CredentialRecord?>)(() => Replay(answer))));
        var allCanBeRead = true;
        CredentialRecord? newest = null;
        foreach (var entry in entries)
        {
            try
            {
                newest = entry() is { } record ? newest is null ? record : Newer(newest, record) : newest;
            }
            catch (UnreadableRecordException error)
            {
                allCanBeRead = false;
                JournalReplayLog.Unreadable(_logger, settings.Name, error.Message);
                memory.Update(view => view with { ReplayProblem = $"The journal keeps something for {settings.Name} that cannot be read, and is left where it is: {error.Message}" });
            }
        }

        if (newest is not null)
        {
            memory.Replay(newest);
            JournalReplayLog.Replayed(_logger, settings.Name, findings.Answers.Count, newest.Generation);
        }

        return allCanBeRead;
    }

    /// <summary>
    /// Reads once more, under the settings of now, what could not be understood before. A pair in it is taken over as if it had just come; where another is in use meanwhile, it is laid aside.
    /// </summary>
    public void ReadAgain()
    {
        if (memory.View.Record is not { } record)
        {
            return;
        }

        var attempts = kept.Beside(record);
        foreach (var response in engine.Journal.Find(settings.Name).Answers.Where(answer => attempts.Contains(answer.AttemptId, StringComparer.Ordinal)))
        {
            TryReadAgain(response, record);
        }
    }

    private void TryReadAgain(JournaledAnswer response, CredentialRecord record)
    {
        try
        {
            kept.Forget(response.AttemptId); // It is kept again where it still cannot be understood.
            var next = Replay(response);
            if (next is not null && record.Id == Decode(response.InFlight).Id)
            {
                memory.Hold(next);
                JournalReplayLog.Understood(_logger, settings.Name, next.Generation);
            }
            else if (next is not null)
            {
                amendments.Spare(SparePair.Of(next, SpareKind.Alternate));
            }

            memory.Update(view => view with { Untold = true });
        }
        catch (UnreadableRecordException error)
        {
            JournalReplayLog.Unreadable(_logger, settings.Name, error.Message);
        }
    }

    private CredentialRecord Decode(StoredRecord stored) => engine.Codec.Decode(settings.Name, stored);

    /// <summary>The record that the answer makes; null where it brought no pair.</summary>
    private CredentialRecord? Replay(JournaledAnswer journaled)
    {
        var inFlight = Decode(journaled.InFlight);
        var attempt = inFlight.Attempts.SingleOrDefault(attempt => attempt.Id == journaled.AttemptId)
            ?? throw new UnreadableRecordException("it does not know the attempt that it was kept for");
        switch (UnprovenEndpoint.Judge(TokenAnswer.Read(journaled.Answer, settings), journaled.Answer, inFlight))
        {
            case TokenEndpointResult.Granted granted:
                return inFlight.Rotated(granted.Grant, new RotationStamp(journaled.NextId, journaled.Answer.RequestedAt, journaled.By, journaled.Took, attempt.StartedAt));
            case TokenEndpointResult.Rejected rejected:
                amendments.Clear(journaled.AttemptId);
                var said = ServerMessage.Of(journaled.Answer, settings, inFlight.RefreshToken);
                amendments.Reject(inFlight, ServerMessage.Describe(rejected.Code, said));
                return null;
            case TokenEndpointResult.InDoubt:
                amendments.Doubt(inFlight.Id, attempt);
                kept.Keep(journaled.AttemptId, inFlight.Id, journaled.Answer);
                return null;
            default:
                amendments.Clear(journaled.AttemptId);
                return null;
        }
    }

    private CredentialRecord Newer(CredentialRecord one, CredentialRecord other)
    {
        if (one.Id == other.Id)
        {
            return one.Step >= other.Step ? one : other;
        }

        if (!Lineage.AreTorn(one, other))
        {
            return Lineage.Descends(one, other) ? one : other;
        }

        var isNewer = Lineage.Refutes(one, other) || (!Lineage.Refutes(other, one) && one.IssuedAt >= other.IssuedAt);
        var (newer, older) = isNewer ? (one, other) : (other, one);
        amendments.Forgotten(older);
        return newer;
    }

    private static partial class JournalReplayLog
    {
        [LoggerMessage(EventIds.JournalReplayed, LogLevel.Information,
            "The journal kept {Answers} answers for credential {Credential} from an earlier process; the newest record there is generation {Generation}.")]
        public static partial void Replayed(ILogger logger, string credential, int answers, long generation);

        [LoggerMessage(EventIds.KeptResponseUnderstood, LogLevel.Information,
            "The response that was kept for credential {Credential} can be understood under the settings of now: generation {Generation} is taken over from it.")]
        public static partial void Understood(ILogger logger, string credential, long generation);

        [LoggerMessage(EventIds.JournalUnreadable, LogLevel.Error,
            "What the journal keeps for credential {Credential} cannot be used, and is left where it is. {Reason}")]
        public static partial void Unreadable(ILogger logger, string credential, string reason);
    }
}
