using System.Diagnostics;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Storage.Journal;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// One rotation, from the lease to the commit: the only place where a refresh token is spent. The numbers are the steps of docs/rotation.md.
/// Nothing here is cancelled by a request or by shutdown: what was begun is ended.
/// </summary>
internal sealed class Rotator(
    CredentialSettings settings, EngineContext engine, CredentialMemory memory, Reconciler reconciler, Amendments amendments,
    RotationJournal journal, RotationCommit commit, KeptResponses kept, PendingExchange pending)
{
    /// <summary>Kept where acquiring failed: it may have been executed all the same, and the next try takes that lease up again.</summary>
    private string? _leaseId;

    /// <summary>Since when which record's lease has been wanted here.</summary>
    private (string RecordId, long At)? _wanted;

    /// <summary>Rotates <paramref name="planned"/>, unless the store knows something newer, or <paramref name="stopping"/> came before anything was begun.</summary>
    /// <param name="planned">The record that was found to be due.</param>
    /// <param name="force">A person wants it, in spite of a verdict or a doubt; never over a request that may still have its answer coming.</param>
    /// <param name="stopping">Looked at until the intent is declared.</param>
    /// <exception cref="StoreUnavailableException">The store could not be asked; nothing was sent.</exception>
    /// <exception cref="UnreadableRecordException">The store's record cannot be used; nothing was sent.</exception>
    public async Task<RotationEnd> RotateAsync(CredentialRecord planned, bool force, CancellationToken stopping)
    {
        // 4. Acquire: busy, acquired and unreachable (an exception) are three different answers.
        var (lease, snapshot) = await AcquireAsync(planned);
        if (lease is null)
        {
            var holder = snapshot.Lease;
            reconciler.Meet(snapshot);
            return new RotationEnd.Busy(holder?.Owner ?? "unknown", holder is null ? TimeSpan.Zero : holder.ExpiresAt - snapshot.StoreTime);
        }

        await using (lease)
        {
            if (Reload(planned, snapshot, force) is not { } current)
            {
                await reconciler.ReconcileAsync(CancellationToken.None);
                return new RotationEnd.TakenOver();
            }

            return stopping.IsCancellationRequested ? new RotationEnd.TooEarly() : await RotateAsync(lease, snapshot, current, planned, force);
        }
    }

    private async Task<(RotationLease? Lease, StoreSnapshot Snapshot)> AcquireAsync(CredentialRecord planned)
    {
        using var step = RotationTrace.StartStep(RotationTrace.Acquire);
        _leaseId ??= engine.Random.NextId();
        var wantedAt = _wanted is { } wanted && wanted.RecordId == planned.Id ? wanted.At : engine.Time.GetTimestamp();
        _wanted = (planned.Id, wantedAt);
        var (lease, snapshot) = await RotationLease.TryAcquireAsync(engine, settings, _leaseId, CancellationToken.None);
        _leaseId = null;
        if (lease is null)
        {
            RotationTrace.Fail(step, "busy");
        }
        else
        {
            engine.Metrics.LeaseAcquired(settings.Name, engine.Time.GetElapsedTime(wantedAt));
            _wanted = null;
        }

        return (lease, snapshot);
    }

    /// <summary>5. Reload under the lease: what counts is what the store said when it gave the lease. Null where that is not <paramref name="planned"/> any more.</summary>
    private CredentialRecord? Reload(CredentialRecord planned, StoreSnapshot snapshot, bool force)
    {
        if (!engine.Has(Safeguards.ReloadUnderLease))
        {
            return planned;
        }

        if (reconciler.Meet(snapshot) is not { } record || record.Id != planned.Id || !reconciler.HasStored(snapshot, record))
        {
            // Where the store is behind, it is brought up to date first, with all that it knows and this process does not.
            return null;
        }

        if (force && record.TakenOverBy is null)
        {
            amendments.Pardon(record.Id);
            record = record with { Rejection = null };
        }

        // A token that another pair supersedes is spent: only the store may know of that pair yet, and it comes into use first.
        return amendments.Apply(record) is { MayBeSent: true } current && !current.Spares.Any(spare => spare.Supersedes(current)) ? current : null;
    }

    private async Task<RotationEnd> RotateAsync(
        RotationLease lease, StoreSnapshot snapshot, CredentialRecord record, CredentialRecord planned, bool force)
    {
        var binding = Binding.Of(settings);
        if (record.Binding != binding && !force)
        {
            return new RotationEnd.WrongBinding();
        }

        record = record with { Binding = binding }; // A person who forces it says that it belongs there.

        var isDying = memory.View.FoundInvalid || !memory.IsUsable;
        var dyingAt = memory.View.FoundInvalid
            ? DateTimeOffset.MinValue
            : InDoubtPolicy.DyingAt(settings, record, memory.View.ExpiresAt) + memory.View.StoreOffset;
        var mayResend = force
            ? !InDoubtPolicy.AnswerMayCome(settings, record, snapshot.StoreTime)
            : InDoubtPolicy.EarliestResend(settings, record, dyingAt, snapshot.StoreTime) <= snapshot.StoreTime;
        var isQuiet = record.FilledAt + engine.PeersTime > snapshot.StoreTime;
        if (!mayResend || (!force && (isQuiet || record.Attempts.Except(planned.Attempts).Any())))
        {
            // Of an attempt that is new to this process, or a store that was filled again meanwhile, the plan must judge first.
            return new RotationEnd.TooEarly();
        }

        if (!force)
        {
            lease.SendUntil(InDoubtPolicy.AllowedUntil(settings, record, snapshot.StoreTime));
        }

        // 6. Intent: room for the answer on disk, then the intent in the store, both durable before anything is sent.
        using var step = RotationTrace.StartStep(RotationTrace.Intent);
        var attempt = new Attempt(engine.Random.NextId(), engine.Replica.ToString(), snapshot.StoreTime, lease.SendBy, Doubtful: false);
        var inFlight = record with { Attempts = record.With(attempt), Step = record.Step + 1 };
        var intent = engine.Codec.Encode(inFlight);
        using var room = await journal.ReserveAsync(intent);
        if (room is null && journal.IsNeeded && !force && !isDying && dyingAt > snapshot.StoreTime)
        {
            // There is time to mend the disk. Once the token is about to die, an outage is the greater evil.
            return new RotationEnd.NoJournal();
        }

        if (!await DeclareIntentAsync(lease, snapshot.Record!.Revision, intent, attempt))
        {
            amendments.Clear(attempt.Id);
            await reconciler.ReconcileAsync(CancellationToken.None);
            return new RotationEnd.TakenOver();
        }

        step?.Stop();
        amendments.Declare(inFlight.Id, attempt);
        memory.Offer(inFlight);
        return await SpendAsync(lease, new DeclaredIntent(inFlight, intent, attempt), room);
    }

    /// <returns>False where the record has moved or the lease is gone.</returns>
    private async Task<bool> DeclareIntentAsync(RotationLease lease, string revision, StoredRecord intent, Attempt attempt)
    {
        if (!engine.Has(Safeguards.Intent))
        {
            return true;
        }

        try
        {
            var write = new RecordWrite(revision, intent, lease.Guard, Announce: true);
            return await engine.Store.WriteAsync(settings.Name, write, CancellationToken.None) == WriteOutcome.Written;
        }
        catch (StoreUnavailableException)
        {
            // The write may still be executed, minutes from now: whoever then reads this attempt must learn that it was never sent.
            amendments.Clear(attempt.Id);
            memory.Update(view => view with { Untold = true });
            throw;
        }
    }

    private async Task<RotationEnd> SpendAsync(RotationLease lease, DeclaredIntent intent, JournalReservation? room)
    {
        // 7 and 8. One POST; the deadline is checked inside its body writer. The lease is kept alive meanwhile.
        lease.KeepAlive();
        var inFlight = intent.Record;
        var sentAt = engine.Time.GetTimestamp();
        var exchange = await SendAsync(lease, inFlight);

        // 9. The raw answer is on disk before anything is made of it.
        var stamp = new RotationStamp(engine.Random.NextId(), engine.Time.GetUtcNow(), engine.Replica.ToString(), engine.Time.GetElapsedTime(sentAt), intent.Attempt.StartedAt);
        if (exchange is TokenExchange.Answered { Answer: var answer })
        {
            stamp = stamp with { At = answer.RequestedAt };
            await KeepAsync(room, intent, stamp, answer);
        }

        var response = (exchange as TokenExchange.Answered)?.Answer;
        var result = UnprovenEndpoint.Judge(TokenAnswer.Read(exchange, settings), response, inFlight);
        var said = result is TokenEndpointResult.Granted ? null : ServerMessage.Of(exchange, settings, inFlight.RefreshToken);
        switch (result)
        {
            case TokenEndpointResult.Granted granted:
                var next = inFlight.Rotated(granted.Grant, stamp);
                return await commit.CommitAsync(next, intent.Stored.Revision)
                    ? new RotationEnd.Rotated(granted.Grant.FoundAt)
                    : new RotationEnd.TakenOver();

            case TokenEndpointResult.NotSent notSent:
                amendments.Clear(intent.Attempt.Id);
                await commit.TryTellAsync();
                return new RotationEnd.NotSent(notSent.Reason);

            case TokenEndpointResult.Refused refused:
                amendments.Clear(intent.Attempt.Id);
                await commit.TryTellAsync();
                return new RotationEnd.Refused(refused.Code, refused.RetryAfter, response?.ToString()) { Said = said };

            case TokenEndpointResult.Rejected rejected:
                amendments.Clear(intent.Attempt.Id);
                amendments.Reject(inFlight, ServerMessage.Describe(rejected.Code, said));
                await commit.TryTellAsync();
                return memory.View.Record?.Id == inFlight.Id
                    ? new RotationEnd.Rejected(rejected.Code) { Said = said }
                    : new RotationEnd.TakenOver();

            case TokenEndpointResult.InDoubt doubt:
                amendments.Doubt(inFlight.Id, intent.Attempt);
                if (response is not null && room is not null)
                {
                    kept.Keep(intent.Attempt.Id, inFlight.Id, response);
                }

                await commit.TryTellAsync();
                return new RotationEnd.InDoubt(doubt.Reason, response is null ? null : ResponseShape.Of(response).ToString()) { Said = said };

            default:
                throw new InvalidOperationException("The token endpoint's result is of no known kind.");
        }
    }

    private async Task<TokenExchange> SendAsync(RotationLease lease, CredentialRecord inFlight)
    {
        using var step = RotationTrace.StartStep(RotationTrace.Post, ActivityKind.Client);
        var exchange = await pending.WaitAsync(engine.TokenEndpoint.SendAsync(settings, TokenGrantRequest.Of(settings, inFlight.RefreshToken), lease.Deadline, CancellationToken.None));
        RotationTrace.Describe(step, settings.TokenEndpoint, exchange);
        return exchange;
    }

    private async Task KeepAsync(JournalReservation? room, DeclaredIntent intent, RotationStamp stamp, RawAnswer answer)
    {
        using var step = RotationTrace.StartStep(RotationTrace.Journal);
        await journal.KeepAsync(room, intent, stamp, answer);
    }
}

/// <summary>What the store was told before the refresh token was sent.</summary>
internal sealed record DeclaredIntent(CredentialRecord Record, StoredRecord Stored, Attempt Attempt);
