using TokenGateway.Simulation.World;

namespace TokenGateway.Simulation.Commands;

/// <summary>Runs worlds on all cores, each on one thread from its first step to its last.</summary>
internal sealed class Fleet(int count, Func<int, WorldPlan> plans, Summary summary)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, WorldResult> _waiting = [];
    private int _next = -1;
    private int _added;

    public void Run()
    {
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }

    private void Work()
    {
        for (var number = Interlocked.Increment(ref _next); number < count; number = Interlocked.Increment(ref _next))
        {
            Keep(number, WorldRun.Run(plans(number)));
        }
    }

    /// <summary>Results are added up in the order of their worlds, whichever thread was quicker.</summary>
    private void Keep(int number, WorldResult result)
    {
        lock (_gate)
        {
            _waiting.Add(number, result);
            while (_waiting.Remove(_added, out var next))
            {
                summary.Add(next);
                _added++;
            }
        }
    }
}
