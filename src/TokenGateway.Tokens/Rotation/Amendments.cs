using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// What this process knows for certain about its own attempts, and the store perhaps does not yet, or no longer: applied to every record that is read,
/// until the store agrees. An intent whose write timed out may be executed minutes later, and is still cleared then; one that a failover lost is put
/// back, or its doubt would be forgotten.
/// </summary>
internal sealed class Amendments
{
    private const int Remembered = 200;

    private readonly OrderedDictionary<string, Own> _own = new(StringComparer.Ordinal);
    private readonly List<SparePair> _spares = [];
    private Verdict? _rejection;
    private CredentialRecord? _forgotten;

    /// <summary>The attempt ended with the refresh token unspent.</summary>
    public void Clear(string attemptId) => Remember(attemptId, new Own("", null));

    /// <summary>The attempt to rotate that record is under way: a store that has lost the intent meanwhile gets it back.</summary>
    public void Declare(string recordId, Attempt attempt) => Remember(attempt.Id, new Own(recordId, attempt));

    /// <summary>The attempt to rotate that record ended without anyone knowing whether the refresh token is spent.</summary>
    public void Doubt(string recordId, Attempt attempt) => Remember(attempt.Id, new Own(recordId, attempt with { Doubtful = true }));

    /// <summary>The provider called this record's refresh token dead. The verdict is that token's, never its successor's.</summary>
    /// <param name="record">The record.</param>
    /// <param name="code">What the provider said.</param>
    /// <param name="mayPass">It refused for long, but spent nothing (<see cref="CredentialRecord.RejectionMayPass"/>).</param>
    public void Reject(CredentialRecord record, string code, bool mayPass = false) => _rejection = new Verdict(record.Id, code, mayPass, record.Attempts);

    /// <summary>A person wants the refresh token of that record sent in spite of the verdict.</summary>
    public void Pardon(string recordId) => _rejection = _rejection?.RecordId == recordId ? null : _rejection;

    /// <summary>This pair came back, and the store has gone on without it.</summary>
    public void Spare(SparePair pair)
    {
        _spares.Remove(pair);
        _spares.Add(pair);
        if (_spares.Count > CredentialRecord.MaxSpares)
        {
            _spares.RemoveAt(0);
        }
    }

    /// <summary>The store has forgotten this record and knows another, which does not come from it: its pair may still be good, and its history is still true.</summary>
    public void Forgotten(CredentialRecord record)
    {
        _forgotten = record;
        if (record.Rejection is null)
        {
            Spare(SparePair.Of(record, SpareKind.Alternate));
        }
    }

    /// <summary>The record with what is known put in; the same object when there is nothing to add.</summary>
    public CredentialRecord Apply(CredentialRecord record)
    {
        if (_forgotten is { } forgotten && record.WasBegunOnNothing && Lineage.AreTorn(forgotten, record))
        {
            record = record.After(forgotten);
        }

        return HasNothingFor(record) ? record : Amended(record);
    }

    private CredentialRecord Amended(CredentialRecord record)
    {
        var attempts = record.Attempts
            .Where(attempt => !_own.TryGetValue(attempt.Id, out var own) || (own.Attempt is not null && own.RecordId != record.Id))
            .Concat(_own.Values.Where(own => own.RecordId == record.Id).Select(own => own.Attempt!))
            .OrderBy(attempt => attempt.StartedAt)
            .ToList();
        if (attempts.Count > CredentialRecord.MaxAttempts)
        {
            // The first ones and the newest, as CredentialRecord.With keeps them.
            attempts.RemoveRange(1, attempts.Count - CredentialRecord.MaxAttempts);
        }

        var (rejection, mayPass) = VerdictOn(record);
        var spares = SparesOf(record);
        return rejection == record.Rejection && mayPass == record.RejectionMayPass && attempts.ToHashSet().SetEquals(record.Attempts) && ReferenceEquals(spares, record.Spares)
            ? record
            : record with { Attempts = attempts, Rejection = rejection, RejectionMayPass = mayPass, Spares = spares, Step = record.Step + 1 };
    }

    /// <summary>As with most reads of most credentials.</summary>
    private bool HasNothingFor(CredentialRecord record)
    {
        if (record.Attempts.Count > 0 || _rejection is not null || _spares.Count > 0)
        {
            return false;
        }

        for (var i = 0; i < _own.Count; i++)
        {
            if (_own.GetAt(i).Value.RecordId == record.Id)
            {
                return false;
            }
        }

        return true;
    }

    private (string? Code, bool MayPass) VerdictOn(CredentialRecord record)
    {
        // What the store says of a dead token is final, whatever this process has heard before.
        if (_rejection is not { } verdict || verdict.RecordId != record.Id || !record.MayBeSent)
        {
            return (record.Rejection, record.RejectionMayPass);
        }

        if (record.Rejection is not null || !record.Attempts.Any(attempt => !_own.ContainsKey(attempt.Id) && !verdict.Known.Any(known => known.Id == attempt.Id)))
        {
            return (verdict.Code, verdict.MayPass);
        }

        // Somebody has begun another attempt since, in spite of the verdict: a person at another replica, who overruled it.
        _rejection = null;
        return (null, false);
    }

    /// <summary>
    /// Those of the record and ours that it does not know yet. A pair that came back late replaces the one that it came back for.
    /// </summary>
    private IReadOnlyList<SparePair> SparesOf(CredentialRecord record)
    {
        var missing = _spares.Where(pair => pair.IsNewsTo(record)).Take(CredentialRecord.MaxSpares - record.Spares.Count).ToList();
        return missing.Count == 0 ? record.Spares : [.. record.Spares.Where(spare => !missing.Exists(pair => pair.Supersedes(spare))), .. missing];
    }

    private void Remember(string attemptId, Own own)
    {
        _own[attemptId] = own;
        if (_own.Count > Remembered)
        {
            _own.RemoveAt(0);
        }
    }

    /// <param name="RecordId">The record whose refresh token was refused.</param>
    /// <param name="Code">The provider's code.</param>
    /// <param name="MayPass">As <see cref="CredentialRecord.RejectionMayPass"/>.</param>
    /// <param name="Known">The attempts that stood there by then.</param>
    private sealed record Verdict(string RecordId, string Code, bool MayPass, IReadOnlyList<Attempt> Known);

    /// <param name="RecordId">The record whose attempt it is; empty for one that was cleared.</param>
    /// <param name="Attempt">The attempt as it must stand there; null for one that must not.</param>
    private sealed record Own(string RecordId, Attempt? Attempt);
}
