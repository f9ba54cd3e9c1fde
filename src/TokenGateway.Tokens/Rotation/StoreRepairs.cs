using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// What the store lost or got wrong, and this process has put right. The log says so, and for a while health does: a failover explains it, or a restored backup, or somebody who
/// writes to the store past the gateways.
/// </summary>
internal sealed partial class StoreRepairs(string credential, EngineContext engine, CredentialMemory memory, MonotonicClock clock)
{
    private static readonly TimeSpan ShownFor = TimeSpan.FromMinutes(10);

    private readonly ILogger _logger = engine.LoggerOf<StoreRepairs>();

    /// <summary>
    /// True when a record that cannot be used may be replaced by <paramref name="held"/>. One that another process may be able to read is left alone, and so is one that says of itself
    /// that it came after ours: its maker has the better one. What stands under the very revision that was read here before is damaged, whatever it says.
    /// </summary>
    public static bool MayReplace(UnreadableRecordException damage, CredentialRecord held, bool wasReadBefore) =>
        wasReadBefore || (!damage.IsForeign && !(damage.Claim is { } claim && ClaimsToFollow(claim, held)));

    public void Forgotten(CredentialRecord? stored, CredentialRecord written) => Note(
        stored is null
            ? $"The store had lost the record of credential {credential}, and was given it again (generation {written.Generation})."
            : $"The store held an earlier record of credential {credential} (generation {stored.Generation}) than had been written, and was given the newer one again (generation {written.Generation}).");

    public void Replaced(UnreadableRecordException damage, CredentialRecord written) => Note(
        $"The stored record of credential {credential} could not be used ({damage.Reason}), and was replaced by what this replica knows (generation {written.Generation}).");

    /// <summary>Health forgets what is long past.</summary>
    public void Fade()
    {
        if (memory.View.Repair is { } repair && clock.Now - repair.At > ShownFor)
        {
            memory.Update(view => view with { Repair = null });
        }
    }

    private static bool ClaimsToFollow(RecordHeader claim, CredentialRecord held) =>
        claim.Credential == held.Credential
        && (claim.Ancestors.Contains(held.Id, StringComparer.Ordinal) || (claim.Family == held.Family && claim.Generation > held.Generation));

    private void Note(string what)
    {
        StoreRepairsLog.Repaired(_logger, what);
        memory.Update(view => view with
        {
            Repair = new StoreRepair($"{what} A failover or a restored backup does that; if there was none, somebody writes to the store past the gateways.", clock.Now),
        });
    }

    private static partial class StoreRepairsLog
    {
        [LoggerMessage(EventIds.StoreRepaired, LogLevel.Warning, "{Repair} A failover or a restored backup does that; if there was none, somebody writes to the store past the gateways.")]
        public static partial void Repaired(ILogger logger, string repair);
    }
}

/// <summary>Something that was put right in the store, in words that may be shown; and when, on the monotonic clock.</summary>
internal sealed record StoreRepair(string Message, TimeSpan At);
