using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// Brings memory and store to the same record: takes over what is newer there, and writes back what is newer here. Committing a new pair, healing a
/// store that lost a write, and clearing one's own attempt are all this one operation.
/// </summary>
internal sealed class Reconciler(string credential, EngineContext engine, CredentialMemory memory, Amendments amendments)
{
    /// <summary>Other replicas may write between our read and our write, but not for ever: each of them ends with a newer record.</summary>
    private const int MostTries = 10;

    private static readonly TimeSpan OffsetNoise = TimeSpan.FromMilliseconds(20);

    /// <summary>Reads the store and reconciles with it.</summary>
    /// <returns>The record that both now hold; null where neither has any.</returns>
    /// <exception cref="StoreUnavailableException">The store could not be asked, or would not settle.</exception>
    /// <exception cref="UnreadableRecordException">The store's record cannot be used.</exception>
    public async Task<CredentialRecord?> ReconcileAsync(CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var snapshot = await engine.Store.ReadAsync(credential, cancellationToken);
            if (await TryReconcileAsync(snapshot, cancellationToken) is (true, var record))
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
        memory.Update(view => view with
        {
            // What the network adds is no news, and would wake all who wait.
            StoreOffset = (offset - view.StoreOffset).Duration() > OffsetNoise ? offset : view.StoreOffset,
            Fence = Math.Max(view.Fence, snapshot.Fence),
        });
        return Decode(snapshot) is { } stored ? memory.Meet(stored) : memory.View.Record;
    }

    private CredentialRecord? Decode(StoreSnapshot snapshot) =>
        snapshot.Record is null ? null : engine.Codec.Decode(credential, snapshot.Record);

    private async Task<(bool Settled, CredentialRecord? Record)> TryReconcileAsync(StoreSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (Meet(snapshot) is not { } record)
        {
            return (true, null);
        }

        var wanted = amendments.Apply(record);
        if (ReferenceEquals(wanted, record) && Decode(snapshot)?.Id == record.Id)
        {
            return (true, record);
        }

        var write = new RecordWrite(
            snapshot.Record?.Revision, engine.Codec.Encode(wanted), Guard: null, Announce: true, MinimumFence: memory.View.Fence);
        if (await engine.Store.WriteAsync(credential, write, cancellationToken) != WriteOutcome.Written)
        {
            return (false, null);
        }

        memory.Offer(wanted);
        memory.Update(view => view.Record?.Id == wanted.Id ? view with { Uncommitted = false } : view);
        return (true, wanted);
    }
}
