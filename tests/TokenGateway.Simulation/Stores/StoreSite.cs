using TokenGateway.Simulation.Scheduling;
using TokenGateway.Simulation.World;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Simulation.Stores;

/// <summary>A world's store: its server, the network to it, and those who are connected.</summary>
internal sealed class StoreSite
{
    private readonly List<StoreConnection> _connections = [];

    public StoreSite(Scheduler scheduler, Chaos chaos, WorldPlan plan, Totals totals, StoreWatch watch)
    {
        Scheduler = scheduler;
        Chaos = chaos;
        Plan = plan;
        Totals = totals;
        Watch = watch;
        Server = new InMemoryServer(() => scheduler.Now + ClockSkew) { IgnoresFence = plan.Without.HasFlag(Mechanism.Fence) };
        Server.Announced += (credential, record) =>
        {
            foreach (var connection in _connections.ToArray())
            {
                connection.Announce(credential, record);
            }
        };
    }

    public Scheduler Scheduler { get; }

    public Chaos Chaos { get; }

    public WorldPlan Plan { get; }

    public Totals Totals { get; }

    public StoreWatch Watch { get; }

    public InMemoryServer Server { get; }

    public StoreNetwork Network { get; } = new();

    /// <summary>How wrong the clock of the server in charge is.</summary>
    public TimeSpan ClockSkew { get; set; }

    /// <summary>Since when the store has had a record of its present id, in virtual ticks.</summary>
    public long RecordSince { get; private set; }

    /// <summary>A process's intent has been written, durably.</summary>
    public Action<Process> Declared { get; set; } = _ => { };

    /// <summary>A process begins a write, for a purpose.</summary>
    public Action<Process, string> Begins { get; set; } = (_, _) => { };

    /// <summary>A process has read the store, as it does before it writes what it knows better.</summary>
    public Action<Process> Answered { get; set; } = _ => { };

    public void Open(StoreConnection connection) => _connections.Add(connection);

    public void Close(StoreConnection connection) => _connections.Remove(connection);

    /// <summary>Those who were connected notice that something happened.</summary>
    public void Reconnect()
    {
        foreach (var connection in _connections)
        {
            connection.Reconnect();
        }
    }

    /// <summary>Compare-and-set, then <c>WAIT</c>.</summary>
    /// <exception cref="StoreUnavailableException">Written, but no replica has it.</exception>
    public WriteOutcome Write(Process process, string credential, RecordWrite write, RecordHeader header)
    {
        var before = Server[credential];
        var outcome = Server.Write(credential, write);
        if (outcome == WriteOutcome.Written)
        {
            Scheduler.Note(process.Name, $"wrote generation {header.Generation}, id {header.Id[..6]}, {header.Phase}, {header.Attempts.Count} attempts");
            var keepsId = before.Record is { } old && StoreWatch.HeaderOf(old).Id == header.Id;
            RecordSince = keepsId ? RecordSince : Scheduler.Ticks;
            Watch.Written(before, write, header);
            WaitForReplica(process);
            if (keepsId && write.Guard is not null)
            {
                Declared(process);
            }
        }

        return outcome;
    }

    private void WaitForReplica(Process process)
    {
        if (Plan.Store == StoreShape.Durable)
        {
            Server.Replicate();
        }
        else if (Plan.Store == StoreShape.Replicated && !Plan.Without.HasFlag(Mechanism.Wait))
        {
            if (Network.ReplicaIsCutOff || Chaos.Strikes("WAIT not satisfied", Plan.StoreFault / 4, process.Name))
            {
                throw new StoreUnavailableException("Too few replicas have the write.");
            }

            Server.Replicate();
        }
    }
}
