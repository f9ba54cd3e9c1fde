using TokenGateway.Simulation.Scheduling;
using TokenGateway.Simulation.World;

namespace TokenGateway.Simulation.Disk;

/// <summary>What all disks of a world have in common.</summary>
internal sealed class DiskSite(Scheduler scheduler, Chaos chaos, WorldPlan plan)
{
    public WorldPlan Plan => plan;

    /// <summary>A process has flushed a file.</summary>
    public Action<Process> Flushed { get; set; } = _ => { };

    /// <summary>A disk refused a process something.</summary>
    public Action<Process> Refused { get; set; } = _ => { };

    public ValueTask<T> DoAsync<T>(Process process, string what, Func<T> work)
    {
        scheduler.GuardThread();
        var done = new TaskCompletionSource<T>();
        if (process.State != ProcessState.Dead && chaos.Reach(process, "before " + what))
        {
            scheduler.After(chaos.Random.Between(TimeSpan.FromMicroseconds(20), TimeSpan.FromMilliseconds(2)), process, () => Complete(process, what, work, done));
        }

        return new ValueTask<T>(done.Task);
    }

    public static void ThrowIf(bool condition, string message)
    {
        if (condition)
        {
            throw new IOException(message);
        }
    }

    private void Complete<T>(Process process, string what, Func<T> work, TaskCompletionSource<T> done)
    {
        try
        {
            var result = work();
            if (chaos.Reach(process, "after " + what))
            {
                done.TrySetResult(result);
            }
        }
        catch (IOException error)
        {
            chaos.Hit($"{what} refused", process.Name);
            Refused(process);
            done.TrySetException(error);
        }
    }
}
