using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// Brings what an attempt came to into the store (step 10 of docs/rotation.md). Where the store is away or has moved, the agent goes on reconciling until
/// the store has it.
/// </summary>
internal sealed partial class RotationCommit(
    string credential, EngineContext engine, CredentialMemory memory, Reconciler reconciler, Amendments amendments)
{
    private readonly ILogger _logger = engine.LoggerOf<RotationCommit>();

    /// <summary>A new pair: in use at once, before the store has it.</summary>
    /// <returns>False where the store went on without us (a reseed): our pair is not the one in use, and is kept as a spare.</returns>
    public async Task<bool> CommitAsync(CredentialRecord next, string revision)
    {
        memory.Hold(next);
        using var step = RotationTrace.StartStep(RotationTrace.Commit);
        try
        {
            var write = new RecordWrite(revision, engine.Codec.Encode(next), Guard: null, Announce: true);
            if (await engine.Store.WriteAsync(credential, write, CancellationToken.None) == WriteOutcome.Written)
            {
                step?.AddEvent(new ActivityEvent("announced")); // By the store, in one step with the write.
                memory.Update(view => view.Record?.Id == next.Id ? view with { Uncommitted = false } : view);
                return true;
            }

            RotationTrace.Fail(step, "superseded");
            await reconciler.ReconcileAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is StoreUnavailableException or UnreadableRecordException)
        {
            RotationTrace.Fail(step, "pending");
            memory.Update(view => view with { Untold = true });
            RotationCommitLog.CommitPending(_logger, credential, next.Generation, error.Message);
        }

        var inUse = memory.View.Record is { } held && (held.Id == next.Id || Lineage.Descends(held, next));
        if (!inUse)
        {
            RotationCommitLog.Superseded(_logger, credential, next.Generation);
        }

        return inUse;
    }

    /// <summary>How an attempt ended that brought no pair. Memory takes it over from the store; where that is away, it knows it alone, and the agent tells it later.</summary>
    public async Task TryTellAsync()
    {
        try
        {
            await reconciler.ReconcileAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is StoreUnavailableException or UnreadableRecordException)
        {
            if (memory.View.Record is { } held)
            {
                memory.Offer(amendments.Apply(held));
            }

            memory.Update(view => view with { Untold = true });
            RotationCommitLog.EndPending(_logger, credential, error.Message);
        }
    }

    private static partial class RotationCommitLog
    {
        [LoggerMessage(EventIds.CommitPending, LogLevel.Error,
            "Generation {Generation} of credential {Credential} is in use and not yet stored; the commit goes on until it succeeds. {Reason}")]
        public static partial void CommitPending(ILogger logger, string credential, long generation, string reason);

        [LoggerMessage(EventIds.RotationSuperseded, LogLevel.Warning,
            "Generation {Generation} of credential {Credential} was granted, but the store had gone on to another record meanwhile, which is used instead; this one is kept as a spare.")]
        public static partial void Superseded(ILogger logger, string credential, long generation);

        [LoggerMessage(EventIds.EndPending, LogLevel.Warning,
            "How the last rotation of credential {Credential} ended is not yet stored; that goes on until it succeeds. {Reason}")]
        public static partial void EndPending(ILogger logger, string credential, string reason);
    }
}
