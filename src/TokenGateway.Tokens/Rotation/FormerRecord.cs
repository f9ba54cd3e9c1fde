using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// Takes over the record that a credential has under its former name (<c>FormerName</c>). Under the former name's lease the record is first marked as handed over, so that a process which still
/// has that name sends nothing any more; then it is written under the new name. Wherever that breaks off, it is taken up again.
/// </summary>
internal sealed class FormerRecord(CredentialSettings settings, EngineContext engine, Adoption adoption)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    /// <returns>Not wanted where there is nothing to take over.</returns>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    /// <exception cref="UnreadableRecordException">The record under the former name cannot be used. It is left as it is.</exception>
    public async Task<AdoptionEnd> TryTakeOverAsync(CancellationToken stopping)
    {
        var former = settings with { Name = settings.FormerName! };
        if ((await engine.Store.ReadAsync(former.Name, stopping)).Record is null && !engine.Journal.Credentials.Contains(former.Name, StringComparer.Ordinal))
        {
            return new AdoptionEnd.NotWanted();
        }

        var (lease, _) = await RotationLease.TryAcquireAsync(engine, former, engine.Random.NextId(), stopping);
        if (lease is null)
        {
            return new AdoptionEnd.Later(Moment * (1 + engine.Random.NextDouble()));
        }

        await using (lease)
        {
            if (Newest(former, lease.Snapshot) is not { } record || (record.TakenOverBy is { } other && other != settings.Name))
            {
                return new AdoptionEnd.NotWanted();
            }

            if (InDoubtPolicy.AnswerMayCome(settings, record, lease.Snapshot.StoreTime))
            {
                return new AdoptionEnd.Later(Moment);
            }

            if (record.TakenOverBy is null && lease.Snapshot.Record is { } stored && !await TryMarkAsync(former, lease, stored, record))
            {
                return new AdoptionEnd.Later(Moment);
            }

            return await adoption.TryAsync(current => Task.FromResult(current is null ? Own(record) : null), stopping);
        }
    }

    /// <summary>What the store has, or what comes after it in a journal that a process of the former name has left.</summary>
    private CredentialRecord? Newest(CredentialSettings former, StoreSnapshot snapshot)
    {
        var stored = snapshot.Record is { } found ? engine.Codec.Decode(former.Name, found) : null;
        var journal = new CredentialMemory(former, engine.Time, engine.Random);
        new JournalReplay(former, engine, journal, new Amendments(), new KeptResponses()).Run();
        return journal.View.Record is { } kept && (stored is null || Lineage.Descends(kept, stored)) ? kept : stored;
    }

    private async Task<bool> TryMarkAsync(CredentialSettings former, RotationLease lease, StoredRecord stored, CredentialRecord record)
    {
        var write = new RecordWrite(stored.Revision, engine.Codec.Encode(record.HandedOverTo(settings.Name)), lease.Guard, Announce: true);
        return await engine.Store.WriteAsync(former.Name, write, CancellationToken.None) == WriteOutcome.Written;
    }

    private CredentialRecord Own(CredentialRecord record) => record with
    {
        Credential = settings.Name,
        Id = engine.Random.NextId(),
        Ancestors = record.Lineage(),
        Step = 0,
        Rejection = record.TakenOverBy is null ? record.Rejection : null,
    };
}
