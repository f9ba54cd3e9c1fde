using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// The responses of one credential that arrived and could not be understood. For any thread. Each stays in the journal until the doubt about its request has ended: other settings, or a later version of
/// this program, may find the pair in it.
/// </summary>
internal sealed class KeptResponses
{
    private const int Most = CredentialRecord.MaxAttempts;

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    /// <summary>The response to this attempt to rotate that record is in the journal and could not be understood.</summary>
    public void Keep(string attemptId, string recordId, RawAnswer response)
    {
        lock (_gate)
        {
            _kept[attemptId] = new Kept(recordId, ResponseShape.Of(response));
            if (_kept.Count > Most)
            {
                _kept.RemoveAt(0);
            }
        }
    }

    /// <summary>The response was understood after all.</summary>
    public void Forget(string attemptId)
    {
        lock (_gate)
        {
            _kept.Remove(attemptId);
        }
    }

    /// <summary>
    /// The attempts whose responses may still be of use beside this record: its refresh token, or that of a pair which is laid aside, is the one that they were sent with. Also once that token is
    /// known to be dead: what came back for it may hold its successor.
    /// </summary>
    public IReadOnlyList<string> Beside(CredentialRecord record)
    {
        lock (_gate)
        {
            return _kept.Count == 0 ? [] : [.. _kept.Where(kept => IsBeside(record, kept.Key, kept.Value.RecordId)).Select(kept => kept.Key)];
        }
    }

    /// <summary>The shape of the newest of them; null where there is none.</summary>
    public ResponseShape? NewestBeside(CredentialRecord record)
    {
        lock (_gate)
        {
            return _kept.LastOrDefault(kept => IsBeside(record, kept.Key, kept.Value.RecordId)).Value?.Shape;
        }
    }

    private static bool IsBeside(CredentialRecord record, string attemptId, string recordId) =>
        record.Id == recordId || record.Spares.Any(spare => spare.Attempts.Any(attempt => attempt.Id == attemptId));

    private sealed record Kept(string RecordId, ResponseShape Shape);
}
