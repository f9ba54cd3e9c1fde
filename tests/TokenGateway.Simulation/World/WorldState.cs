using TokenGateway.Simulation.Disk;
using TokenGateway.Simulation.Oracle;
using TokenGateway.Simulation.Provider;
using TokenGateway.Simulation.Scheduling;
using TokenGateway.Simulation.Stores;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Simulation.World;

/// <summary>All parts of one world.</summary>
internal sealed class WorldState : IDisposable
{
    public const string Credential = "plum";

    public WorldState(WorldPlan plan, TextWriter? output)
    {
        Plan = plan;
        Random = new SeededRandom(plan.Seed ^ 0xA5A5A5A5A5A5A5A5);
        Trace = new Trace(output);
        Scheduler = new Scheduler(Random.Fork(), Trace);
        Chaos = new Chaos(Scheduler, Random.Fork(), plan, Totals);
        Verdicts = new Verdicts(Scheduler, Totals);
        Ledger = new Ledger(Scheduler, plan, Totals, Verdicts, Witnesses);
        Store = new StoreSite(Scheduler, Chaos, plan, Totals, new StoreWatch(Verdicts));
        Provider = new ProviderSite(Scheduler, Chaos, plan, Ledger);
        Disks = new DiskSite(Scheduler, Chaos, plan)
        {
            Flushed = Ledger.Flushed,
            Refused = Ledger.DiskRefused,
        };
        Cache = new InMemoryCache(() => Scheduler.Now);
        var random = Random.Fork();
        Codec = new RecordCodec(new KeyRing([new byte[KeyRing.KeySize]], random), random);
        Replicas = Enumerable.Range(1, plan.Replicas).Select(number => new Replica(this, number)).ToList();
        Scheduler.BeforeStep = Chaos.BeforeStep;
        Store.Declared = Ledger.Declared;
        Store.Answered = process => Witnesses.StoreAnswered(process, Scheduler.Ticks);
        Store.Begins = (process, purpose) =>
        {
            if (purpose == "commit")
            {
                Ledger.Used(process);
            }
        };
    }

    public WorldPlan Plan { get; }

    public SeededRandom Random { get; }

    public Trace Trace { get; }

    public Scheduler Scheduler { get; }

    public Chaos Chaos { get; }

    public Totals Totals { get; } = new();

    public Verdicts Verdicts { get; }

    public Witnesses Witnesses { get; } = new();

    public Ledger Ledger { get; }

    public StoreSite Store { get; }

    public ProviderSite Provider { get; }

    public DiskSite Disks { get; }

    public InMemoryCache Cache { get; }

    public IReadOnlyList<Replica> Replicas { get; }

    /// <summary>Every process has the same key.</summary>
    public RecordCodec Codec { get; }

    /// <summary>The store's record; null where there is none.</summary>
    public CredentialRecord? Record => Store.Server[Credential].Record is { } stored ? Codec.Decode(Credential, stored) : null;

    /// <summary>The open part of the store's record; null where there is none.</summary>
    public RecordHeader? Header => Store.Server[Credential].Record is { } stored ? StoreWatch.HeaderOf(stored) : null;

    public void Dispose() => Trace.Dispose();
}
