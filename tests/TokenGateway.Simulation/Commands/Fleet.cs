using TokenGateway.Simulation.World;

namespace TokenGateway.Simulation.Commands;

/// <summary>Runs worlds on all cores, each on one thread from its first step to its last.</summary>
internal static class Fleet
{
    public static IReadOnlyList<WorldResult> Run(int count, Func<int, WorldPlan> plans)
    {
        var results = new WorldResult[count];
        var next = -1;
        void Work()
        {
            for (var number = Interlocked.Increment(ref next); number < count; number = Interlocked.Increment(ref next))
            {
                results[number] = WorldRun.Run(plans(number));
            }
        }

        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return results;
    }
}
