using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// One rotation, from the lease to the commit: the only place where a refresh token is spent. The numbers are the steps of docs/rotation.md.
/// Nothing here is cancelled by a request or by shutdown: what was begun is ended.
/// </summary>
internal sealed partial class Rotator(
    CredentialSettings settings, EngineContext engine, CredentialMemory memory, Reconciler reconciler, Amendments amendments)
{
    private readonly ILogger _logger = engine.Loggers.CreateLogger<Rotator>();

    /// <summary>Kept where acquiring failed: it may have been executed all the same, and the next try takes that lease up again.</summary>
    private string? _leaseId;

    /// <summary>Rotates <paramref name="planned"/>, unless the store knows something newer, or <paramref name="stopping"/> came before anything was begun.</summary>
    /// <exception cref="StoreUnavailableException">The store could not be asked; nothing was sent.</exception>
    /// <exception cref="UnreadableRecordException">The store's record cannot be used; nothing was sent.</exception>
    public async Task<RotationEnd> RotateAsync(CredentialRecord planned, CancellationToken stopping)
    {
        // 4. Acquire: busy, acquired and unreachable (an exception) are three different answers.
        _leaseId ??= engine.Random.NextId();
        var (lease, snapshot) = await RotationLease.TryAcquireAsync(engine, settings, _leaseId, CancellationToken.None);
        _leaseId = null;
        if (lease is null)
        {
            var holder = snapshot.Lease;
            reconciler.Meet(snapshot);
            return new RotationEnd.Busy(holder?.Owner ?? "unknown", holder is null ? TimeSpan.Zero : holder.ExpiresAt - snapshot.StoreTime);
        }

        await using (lease)
        {
            // 5. Reload under the lease: what counts is what the store said when it gave the lease.
            if (snapshot.Record is null || reconciler.Meet(snapshot) is not { } record || record.Id != planned.Id
                || amendments.Apply(record) is not { Rejection: null } current)
            {
                await reconciler.ReconcileAsync(CancellationToken.None);
                return new RotationEnd.TakenOver();
            }

            return stopping.IsCancellationRequested ? new RotationEnd.TooEarly() : await RotateAsync(lease, snapshot, current);
        }
    }

    private async Task<RotationEnd> RotateAsync(RotationLease lease, StoreSnapshot snapshot, CredentialRecord record)
    {
        if (record.Binding != Binding.Of(settings))
        {
            return new RotationEnd.WrongBinding();
        }

        var dyingAt = memory.View.FoundInvalid
            ? DateTimeOffset.MinValue
            : InDoubtPolicy.DyingAt(settings, record, memory.View.ExpiresAt) + memory.View.StoreOffset;
        if (InDoubtPolicy.EarliestResend(settings, record, dyingAt, snapshot.StoreTime) > snapshot.StoreTime)
        {
            return new RotationEnd.TooEarly();
        }

        // 6. Intent: durable before anything is sent.
        var attempt = new Attempt(engine.Random.NextId(), engine.Replica.ToString(), snapshot.StoreTime, lease.SendBy, Doubtful: false);
        var inFlight = record with { Attempts = record.With(attempt), Step = record.Step + 1 };
        var revision = await DeclareIntentAsync(lease, snapshot.Record!.Revision, inFlight);
        if (revision is null)
        {
            amendments.Clear(attempt.Id);
            await reconciler.ReconcileAsync(CancellationToken.None);
            return new RotationEnd.TakenOver();
        }

        memory.Offer(inFlight);
        return await SpendAsync(lease, inFlight, attempt, revision);
    }

    /// <returns>The revision of the intent, or null where the record has moved or the lease is gone.</returns>
    private async Task<string?> DeclareIntentAsync(RotationLease lease, string revision, CredentialRecord inFlight)
    {
        var intent = engine.Codec.Encode(inFlight);
        try
        {
            var outcome = await engine.Store.WriteAsync(
                settings.Name, new RecordWrite(revision, intent, lease.Guard, Announce: true), CancellationToken.None);
            return outcome == WriteOutcome.Written ? intent.Revision : null;
        }
        catch (StoreUnavailableException)
        {
            // The write may still be executed, minutes from now: whoever then reads this attempt must learn that it was never sent.
            amendments.Clear(inFlight.Attempts[^1].Id);
            memory.Update(view => view with { Untold = true });
            throw;
        }
    }

    private async Task<RotationEnd> SpendAsync(RotationLease lease, CredentialRecord inFlight, Attempt attempt, string revision)
    {
        // 7 and 8. One POST; the deadline is checked inside its body writer. The lease is kept alive meanwhile.
        lease.KeepAlive();
        var sentAt = engine.Time.GetTimestamp();
        var exchange = await engine.TokenEndpoint.SendAsync(settings, inFlight.RefreshToken, lease.Deadline, CancellationToken.None);
        switch (TokenAnswer.Read(exchange, settings))
        {
            case TokenEndpointResult.Granted granted:
                var requestedAt = ((TokenExchange.Answered)exchange).Answer.RequestedAt;
                var stamp = new RotationStamp(engine.Random.NextId(), requestedAt, engine.Replica.ToString(), engine.Time.GetElapsedTime(sentAt));
                return await CommitAsync(inFlight.Rotated(granted.Grant, stamp), revision) ? new RotationEnd.Rotated() : new RotationEnd.TakenOver();

            case TokenEndpointResult.NotSent notSent:
                amendments.Clear(attempt.Id);
                await TryReconcileAsync();
                return new RotationEnd.NotSent(notSent.Reason);

            case TokenEndpointResult.Refused refused:
                amendments.Clear(attempt.Id);
                await TryReconcileAsync();
                return new RotationEnd.Refused(refused.Code, refused.RetryAfter);

            case TokenEndpointResult.Rejected rejected:
                amendments.Clear(attempt.Id);
                amendments.Reject(inFlight.Id, rejected.Code);
                await TryReconcileAsync();
                return memory.View.Record?.Id == inFlight.Id ? new RotationEnd.Rejected(rejected.Code) : new RotationEnd.TakenOver();

            case TokenEndpointResult.InDoubt doubt:
                amendments.Doubt(inFlight.Id, attempt);
                await TryReconcileAsync();
                return new RotationEnd.InDoubt(doubt.Reason);

            default:
                throw new InvalidOperationException("The token endpoint's result is of no known kind.");
        }
    }

    /// <summary>
    /// 10. Commit. The new token is in use before the store has it; where the store is away or has moved, the agent goes on reconciling until
    /// the store has this record or a descendant of it.
    /// </summary>
    /// <returns>False where the store went on without us (a reseed): our pair is not the one in use.</returns>
    private async Task<bool> CommitAsync(CredentialRecord next, string revision)
    {
        memory.Hold(next);
        try
        {
            var write = new RecordWrite(revision, engine.Codec.Encode(next), Guard: null, Announce: true);
            if (await engine.Store.WriteAsync(settings.Name, write, CancellationToken.None) == WriteOutcome.Written)
            {
                memory.Update(view => view.Record?.Id == next.Id ? view with { Uncommitted = false } : view);
                return true;
            }

            await reconciler.ReconcileAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is StoreUnavailableException or UnreadableRecordException)
        {
            memory.Update(view => view with { Untold = true });
            Log.CommitPending(_logger, settings.Name, next.Generation, error.Message);
        }

        var inUse = memory.View.Record is { } held && (held.Id == next.Id || Lineage.Descends(held, next));
        if (!inUse)
        {
            Log.Superseded(_logger, settings.Name, next.Generation);
        }

        return inUse;
    }

    /// <summary>Tells the store how an attempt ended; where it is away, the agent does so later.</summary>
    public async Task TryReconcileAsync()
    {
        if (memory.View.Record is { } held)
        {
            memory.Offer(amendments.Apply(held));
        }

        try
        {
            await reconciler.ReconcileAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is StoreUnavailableException or UnreadableRecordException)
        {
            memory.Update(view => view with { Untold = true });
            Log.EndPending(_logger, settings.Name, error.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.CommitPending, LogLevel.Error,
            "Generation {Generation} of credential {Credential} is in use and not yet stored; the commit goes on until it succeeds. {Reason}")]
        public static partial void CommitPending(ILogger logger, string credential, long generation, string reason);

        [LoggerMessage(EventIds.RotationSuperseded, LogLevel.Warning,
            "Generation {Generation} of credential {Credential} was granted, but the store had gone on to another record meanwhile, which is used instead.")]
        public static partial void Superseded(ILogger logger, string credential, long generation);

        [LoggerMessage(EventIds.EndPending, LogLevel.Warning,
            "How the last rotation of credential {Credential} ended is not yet stored; that goes on until it succeeds. {Reason}")]
        public static partial void EndPending(ILogger logger, string credential, string reason);
    }
}
