using TokenGateway.Faults.Fleet;

namespace TokenGateway.Faults.Oracle;

/// <summary>
/// Says why a refresh token came to be sent twice, from what was seen of the first exchange. Whatever is not proven to be one of the windows that
/// cannot be closed counts as a defect.
/// </summary>
internal static class LossClassifier
{
    /// <summary>A gateway that has been back for less than this cannot be expected to have handed over what it held.</summary>
    private static readonly TimeSpan ReturnTime = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The journal does not say whose answer it syncs. Others that arrived at the same gateway as near as this may be what was synced, so that many
    /// syncs prove nothing.
    /// </summary>
    private const long NearNanoseconds = 50_000_000;

    /// <param name="first">The exchange that the provider granted.</param>
    /// <param name="at">When the same refresh token was sent again, or given up; a timestamp of the monotonic clock.</param>
    /// <param name="owner">Who made the first.</param>
    /// <param name="ledger">What the proxies saw.</param>
    /// <param name="again">The second one; null where the token was given up instead.</param>
    public static (LossClass Class, string Why) Classify(Exchange first, long at, Gateway owner, Ledger ledger, Exchange? again = null)
    {
        if (first.Intent is { } declared && again?.Intent is { } second && LostOnTheWay(declared, second))
        {
            return (LossClass.W8, $"{declared.Server} had the intent, and {second.Server} took its place without it");
        }

        var death = owner.Absences.FirstOrDefault(absence => absence.IsCrash && absence.Boot == first.Boot && absence.From <= at);
        var committed = first.Intent is { } intent && ledger.CommitAfter(intent)?.SeenAt < at;
        if (first.Intent is not null && ledger.StoredAt(first.Intent.Record) < at)
        {
            return ledger.CommitAfter(first.Intent)?.Server is { } stored && again?.Intent?.Server is { } asked && stored != asked
                ? (LossClass.W8, $"{stored} had the successor, and {asked} took its place without it")
                : (LossClass.Others, "the store had held the successor");
        }

        if (first.DeliveredAt is not { } arrived)
        {
            return death is null
                ? (LossClass.W4, $"the answer did not arrive: {first.Lost ?? "the connection was cut"}")
                : (LossClass.W3, "killed after sending, before the answer arrived");
        }

        var end = death?.From ?? at;
        var journaled = owner.Control.SyncsWithin(arrived, end) > ledger.OtherAnswers(first, arrived - NearNanoseconds, end);
        var full = owner.Absences.Any(absence => absence.Why == Absence.NoDisk && absence.Covers(arrived, end));
        if (death is not null && ((!journaled && !committed) || full))
        {
            return (LossClass.W3, full ? "killed while the journal had no disk" : "killed before the journal was synced");
        }

        if (IsAway(owner, at) is { } away && (journaled || committed || away.Why == Absence.Stopped))
        {
            return (LossClass.W15, $"the owner was {away.Why} for longer than the patience");
        }

        return !journaled && !committed && WasLate(first, owner)
            ? (LossClass.W4, "the answer came too late")
            : (LossClass.Others, $"the answer had arrived (journal synced: {journaled}, commit sent: {committed}, owner {(death is null ? "alive" : "killed and back")})");
    }

    /// <summary>What the second request was declared on shows what its server knew: nothing of the first.</summary>
    private static bool LostOnTheWay(Intent declared, Intent second) =>
        declared.Server != second.Server && !second.Record.Attempts.Any(attempt => attempt.Id == declared.Record.Attempts[^1].Id);

    private static Absence? IsAway(Gateway owner, long at) => owner.Absences.FirstOrDefault(absence =>
        absence.Why != Absence.NoDisk && absence.From <= at && (absence.Until is not { } until || until > at || Clock.Between(until, at) < ReturnTime));

    private static bool WasLate(Exchange exchange, Gateway owner) =>
        Clock.Between(exchange.SeenAt, exchange.DeliveredAt!.Value) > Timing.TokenEndpointTimeout * 0.8
        || owner.Absences.Any(absence => absence.Why == Absence.Stopped && absence.Covers(exchange.SeenAt, exchange.DeliveredAt.Value));
}
