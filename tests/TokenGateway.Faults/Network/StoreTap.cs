using System.Runtime.CompilerServices;
using TokenGateway.Faults.Faults;
using TokenGateway.Faults.Oracle;

namespace TokenGateway.Faults.Network;

/// <summary>Reads the records that pass between the gateways and Redis.</summary>
internal sealed class StoreTap(Ledger ledger, FaultPoints points, Func<string, bool> isGateway) : ILinkTap
{
    private readonly ConditionalWeakTable<Link, Scanners> _scanners = [];

    public async ValueTask<bool> SentAsync(Link link, ReadOnlyMemory<byte> bytes)
    {
        var pass = true;
        if (!isGateway(link.Source))
        {
            return pass;
        }

        foreach (var record in ScannersOf(link).Forth.Scan(bytes.Span))
        {
            var (intent, commit) = ledger.Writes(link.Source, link.Target, record);
            var hit = new Hit(
                commit is null ? FaultPoint.IntentSent : FaultPoint.CommitSent,
                link.Source,
                link,
                $"{record.Credential} generation {record.Generation}",
                () => ledger.Knows(record));
            if (intent is not null || commit is not null)
            {
                pass &= await points.ReachAsync(hit) == Verdict.Pass;
            }
        }

        return pass;
    }

    public void Answered(Link link, ReadOnlySpan<byte> bytes)
    {
        if (!isGateway(link.Source))
        {
            return; // What servers tell each other is compressed.
        }

        foreach (var record in ScannersOf(link).Back.Scan(bytes))
        {
            ledger.Holds(record);
        }
    }

    private Scanners ScannersOf(Link link) => _scanners.GetValue(link, _ => new Scanners());

    private sealed class Scanners
    {
        public RecordScanner Forth { get; } = new();

        public RecordScanner Back { get; } = new();
    }
}
