using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// Puts a record into the place of another that no rotation made: a seed's, or a spare pair's. One compare-and-set under the lease, and never over a rotation
/// that may still have its answer coming.
/// </summary>
internal sealed class Adoption(CredentialSettings settings, EngineContext engine, CredentialMemory memory, Reconciler reconciler, Amendments amendments)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    /// <summary>Kept where acquiring failed, as in <see cref="Rotator"/>.</summary>
    private string? _leaseId;

    /// <param name="make">What takes the place of the current record (null where there is none); null when nothing should any more.</param>
    /// <param name="stopping">Ends it before anything is written.</param>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    /// <exception cref="UnreadableRecordException">The store's record cannot be used. It is never written over.</exception>
    public async Task<AdoptionEnd> TryAsync(Func<CredentialRecord?, Task<CredentialRecord?>> make, CancellationToken stopping)
    {
        _leaseId ??= engine.Random.NextId();
        var (lease, _) = await RotationLease.TryAcquireAsync(engine, settings, _leaseId, stopping);
        _leaseId = null;
        if (lease is null)
        {
            return new AdoptionEnd.Later(Moment * (1 + engine.Random.NextDouble()));
        }

        await using (lease)
        {
            var current = reconciler.Meet(lease.Snapshot) is { } met ? amendments.Apply(met) : null;
            if (current is not null && !reconciler.HasStored(lease.Snapshot, current))
            {
                await reconciler.ReconcileAsync(stopping);
                return new AdoptionEnd.Later(Moment);
            }

            if (current is not null && (LeftOfAttempt(current, lease.Snapshot) ?? LeftOfQuiet(current, lease.Snapshot)) is { } left)
            {
                return new AdoptionEnd.Later(left);
            }

            if (await make(current) is not { } next)
            {
                return new AdoptionEnd.NotWanted();
            }

            var write = new RecordWrite(lease.Snapshot.Record?.Revision, engine.Codec.Encode(next), lease.Guard, Announce: true);
            if (await engine.Store.WriteAsync(settings.Name, write, stopping) != WriteOutcome.Written)
            {
                return new AdoptionEnd.Later(Moment);
            }

            memory.Offer(next);
            return new AdoptionEnd.Adopted(current, next);
        }
    }

    /// <summary>How long an owner that has lost the lease may still be waiting for an answer; null when none is.</summary>
    private TimeSpan? LeftOfAttempt(CredentialRecord current, StoreSnapshot snapshot)
    {
        var sendBy = current.Attempts.Where(attempt => !attempt.Doubtful).Max(attempt => (DateTimeOffset?)attempt.SendBy);
        var left = sendBy + settings.TokenEndpointTimeout - snapshot.StoreTime;
        return left > TimeSpan.Zero ? left : null;
    }

    /// <summary>How long whoever knows better may still say so, after a store that had forgotten everything was filled again; null when that has passed.</summary>
    private TimeSpan? LeftOfQuiet(CredentialRecord current, StoreSnapshot snapshot)
    {
        var left = current.FilledAt + engine.PeersTime - snapshot.StoreTime;
        return left > TimeSpan.Zero ? left : null;
    }
}

/// <summary>How an adoption ended.</summary>
internal abstract record AdoptionEnd
{
    private AdoptionEnd() { }

    public sealed record Adopted(CredentialRecord? Replaced, CredentialRecord Record) : AdoptionEnd;

    /// <summary>There is nothing to adopt any more.</summary>
    public sealed record NotWanted : AdoptionEnd;

    /// <summary>Somebody else is at work: again after this while.</summary>
    public sealed record Later(TimeSpan After) : AdoptionEnd;
}
