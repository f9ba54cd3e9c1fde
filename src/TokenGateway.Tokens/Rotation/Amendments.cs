using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// What this process knows for certain about its own attempts, and the store perhaps does not yet: applied to every record that is read, until
/// the store agrees. An intent whose write timed out may be executed minutes later; it is still cleared then.
/// </summary>
internal sealed class Amendments
{
    private const int Remembered = 200;

    private readonly Dictionary<string, bool> _doubtfulByAttempt = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private (string RecordId, string Code)? _rejection;

    /// <summary>The attempt ended with the refresh token unspent.</summary>
    public void Clear(string attemptId) => Remember(attemptId, doubtful: false);

    /// <summary>The attempt ended without anyone knowing whether the refresh token is spent.</summary>
    public void Doubt(string attemptId) => Remember(attemptId, doubtful: true);

    /// <summary>The provider called this record's refresh token dead. The verdict is that token's, never its successor's.</summary>
    public void Reject(string recordId, string code) => _rejection = (recordId, code);

    /// <summary>The record with what is known put in; the same object when there is nothing to add.</summary>
    public CredentialRecord Apply(CredentialRecord record)
    {
        var attempts = record.Attempts
            .Where(attempt => !_doubtfulByAttempt.TryGetValue(attempt.Id, out var doubtful) || doubtful)
            .Select(attempt => _doubtfulByAttempt.ContainsKey(attempt.Id) ? attempt with { Doubtful = true } : attempt)
            .ToList();
        var rejection = _rejection is { } verdict && verdict.RecordId == record.Id ? verdict.Code : record.Rejection;
        return rejection == record.Rejection && attempts.SequenceEqual(record.Attempts)
            ? record
            : record with { Attempts = attempts, Rejection = rejection };
    }

    private void Remember(string attemptId, bool doubtful)
    {
        _doubtfulByAttempt[attemptId] = doubtful;
        _order.Enqueue(attemptId);
        if (_order.Count > Remembered)
        {
            _doubtfulByAttempt.Remove(_order.Dequeue());
        }
    }
}
