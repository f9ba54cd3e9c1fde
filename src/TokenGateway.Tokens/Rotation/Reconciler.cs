using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// Brings memory and store to the same record: takes over what is newer there, and writes back what is newer here. Committing a new pair, healing a
/// store that lost a write, and clearing one's own attempt are all this one operation.
/// </summary>
internal sealed class Reconciler(string credential, EngineContext engine, CredentialMemory memory, Amendments amendments, KeptResponses kept, MonotonicClock clock)
{
    /// <summary>Other replicas may write between our read and our write, but not for ever: each of them ends with a newer record.</summary>
    private const int MostTries = 10;

    private static readonly TimeSpan OffsetNoise = TimeSpan.FromMilliseconds(20);

    private string? _settledRevision;
    private (string Revision, ReadOnlyMemory<byte> Document, CredentialRecord Record)? _decoded;

    /// <summary>False while the journal keeps something that this process cannot read: nothing is thrown away then.</summary>
    public bool SettlesJournal { get; set; } = true;

    public StoreRepairs Repairs { get; } = new(credential, engine, memory, clock);

    /// <summary>Reads the store and reconciles with it.</summary>
    /// <returns>The record that both now hold; null where neither has any.</returns>
    /// <exception cref="StoreUnavailableException">The store could not be asked, or would not settle.</exception>
    /// <exception cref="UnreadableRecordException">The store's record cannot be used.</exception>
    public async ValueTask<CredentialRecord?> ReconcileAsync(CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var snapshot = await engine.Store.ReadAsync(credential, cancellationToken);
            if (await TryMendAsync(snapshot, cancellationToken) is (true, var record))
            {
                return record;
            }
        }

        throw new StoreUnavailableException($"The record of credential {credential} changed {MostTries} times in a row while it was being written.");
    }

    /// <summary>The record that counts after meeting <paramref name="snapshot"/>, without writing anything.</summary>
    /// <exception cref="UnreadableRecordException">The store's record cannot be used.</exception>
    public CredentialRecord? Meet(StoreSnapshot snapshot)
    {
        var offset = snapshot.StoreTime - engine.Time.GetUtcNow();
        var view = memory.View;
        if (snapshot.Fence > view.Fence || IsNews(offset, view))
        {
            Note(offset, snapshot.Fence);
        }

        return Decode(snapshot) is { } stored ? Meet(stored, snapshot.StoreTime) : memory.View.Record;
    }

    /// <summary>True when it is this record, and not one that it descends from, that the store had.</summary>
    public bool HasStored(StoreSnapshot snapshot, CredentialRecord record) => Decode(snapshot)?.Id == record.Id;

    /// <summary>What the network adds to the offset is no news, and would wake all who wait.</summary>
    private static bool IsNews(TimeSpan offset, CredentialView view) => (offset - view.StoreOffset).Duration() > OffsetNoise;

    private void Note(TimeSpan offset, long fence) => memory.Update(view => view with
    {
        StoreOffset = IsNews(offset, view) ? offset : view.StoreOffset,
        Fence = Math.Max(view.Fence, fence),
    });

    private CredentialRecord Meet(CredentialRecord stored, DateTimeOffset storeTime)
    {
        KeepQuiet(stored.FilledAt + engine.PeersTime - storeTime);
        var held = memory.View.Record;
        var counts = memory.Meet(stored, keepNewer: engine.Has(Safeguards.HealForward) || memory.View.Uncommitted);
        if (held is not null && Lineage.AreTorn(held, counts))
        {
            // The store wins, and what it does not know of may still be good.
            amendments.Forgotten(held);
        }

        return counts;
    }

    /// <summary>A store that had forgotten everything was filled again a moment ago, here or elsewhere.</summary>
    private void KeepQuiet(TimeSpan left)
    {
        if (left <= TimeSpan.Zero)
        {
            return;
        }

        var until = clock.Now + left;
        if (until - memory.View.QuietUntil > OffsetNoise)
        {
            memory.Update(view => view with { QuietUntil = until });
        }
    }

    /// <summary>Most reads find what the last one found: it is not decrypted again.</summary>
    private CredentialRecord? Decode(StoreSnapshot snapshot)
    {
        if (snapshot.Record is not { } stored)
        {
            return null;
        }

        if (_decoded is not { } known || known.Revision != stored.Revision || !known.Document.Span.SequenceEqual(stored.Document.Span))
        {
            _decoded = known = (stored.Revision, stored.Document, engine.Codec.Decode(credential, stored));
        }

        return known.Record;
    }

    /// <summary>Replaces a record that cannot be used, where this process has a better one: as if the store had forgotten it.</summary>
    private async ValueTask<(bool Settled, CredentialRecord? Record)> TryMendAsync(StoreSnapshot snapshot, CancellationToken cancellationToken)
    {
        try
        {
            return await TryReconcileAsync(snapshot, cancellationToken);
        }
        catch (UnreadableRecordException damage) when (
            engine.Has(Safeguards.HealForward)
            && memory.View.Record is { } held
            && StoreRepairs.MayReplace(damage, held, wasReadBefore: _decoded?.Revision == snapshot.Record!.Revision))
        {
            var written = await TryWriteAsync(snapshot, amendments.Apply(held.Filling(snapshot.StoreTime)), cancellationToken);
            if (written.Settled)
            {
                Repairs.Replaced(damage, written.Record!);
            }

            return written;
        }
    }

    private async ValueTask<(bool Settled, CredentialRecord? Record)> TryReconcileAsync(StoreSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (Meet(snapshot) is not { } record)
        {
            return (true, null);
        }

        var stored = Decode(snapshot);
        var wanted = amendments.Apply(stored is null ? record.Filling(snapshot.StoreTime)
            : stored.Id == record.Id ? record
            : Lineage.Refutes(record, stored) ? record.Filling(snapshot.StoreTime).Refuting(stored)
            : record.Joining(stored));
        if (ReferenceEquals(wanted, record) && stored?.Id == record.Id)
        {
            await SettleJournalAsync(snapshot.Record!, record);
            return (true, record);
        }

        var wasKnown = memory.View is { Uncommitted: false, Untold: false } && stored?.Id != record.Id;
        var written = await TryWriteAsync(snapshot, wanted, cancellationToken);
        if (written.Settled && wasKnown)
        {
            Repairs.Forgotten(stored, wanted);
        }

        return written;
    }

    private async Task<(bool Settled, CredentialRecord? Record)> TryWriteAsync(StoreSnapshot snapshot, CredentialRecord wanted, CancellationToken cancellationToken)
    {
        var write = new RecordWrite(
            snapshot.Record?.Revision, engine.Codec.Encode(wanted), Guard: null, Announce: true, MinimumFence: memory.View.Fence);
        if (await engine.Store.WriteAsync(credential, write, cancellationToken) != WriteOutcome.Written)
        {
            return (false, null);
        }

        memory.Offer(wanted);
        memory.Update(view => view.Record?.Id == wanted.Id ? view with { Uncommitted = false, Replayed = false } : view);
        KeepQuiet(wanted.FilledAt + engine.PeersTime - snapshot.StoreTime);
        await SettleJournalAsync(write.Record, wanted);
        return (true, wanted);
    }

    /// <summary>The store has all that this process knew: the journal may forget what led there.</summary>
    private async Task SettleJournalAsync(StoredRecord stored, CredentialRecord record)
    {
        if (!SettlesJournal || stored.Revision == _settledRevision)
        {
            return;
        }

        try
        {
            await engine.Journal.SettleAsync(credential, stored, engine.Has(Safeguards.KeptResponses) ? kept.Beside(record) : []);
            _settledRevision = stored.Revision;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It keeps more than it needs. The next rotation finds out whether it can still keep an answer.
        }
    }
}
