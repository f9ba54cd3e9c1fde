using TokenGateway.Faults.Network;

namespace TokenGateway.Faults.Faults;

/// <summary>What is to happen when a rotation next comes to a named point. Each trap is sprung once. Thread safe.</summary>
internal sealed class FaultPoints
{
    private readonly Lock _gate = new();
    private readonly List<Trap> _traps = [];

    /// <summary>Sets a trap.</summary>
    /// <param name="point">Where.</param>
    /// <param name="wants">Whether to spring it at this gateway; asked under a lock, and true is final.</param>
    /// <param name="act">What happens while everything on that connection waits.</param>
    /// <param name="atMost">How long to wait for somebody to come by.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when nobody came by in time.</returns>
    public async Task<bool> TrapAsync(FaultPoint point, Func<string, bool> wants, Func<Hit, Task<Verdict>> act, TimeSpan atMost, CancellationToken cancellationToken)
    {
        var trap = new Trap(point, wants, act);
        lock (_gate)
        {
            _traps.Add(trap);
        }

        try
        {
            await trap.Done.Task.WaitAsync(atMost, TimeProvider.System, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            lock (_gate)
            {
                if (_traps.Remove(trap))
                {
                    return false;
                }
            }

            await trap.Done.Task; // It was sprung at the last moment.
            return true;
        }
        finally
        {
            lock (_gate)
            {
                _traps.Remove(trap);
            }
        }
    }

    /// <summary>A rotation has come to this point.</summary>
    public async Task<Verdict> ReachAsync(Hit hit)
    {
        Trap? trap;
        lock (_gate)
        {
            trap = _traps.Find(trap => trap.Point == hit.Point && trap.Wants(hit.Gateway));
            if (trap is null)
            {
                return Verdict.Pass;
            }

            _traps.Remove(trap);
        }

        try
        {
            return await trap.Act(hit);
        }
        finally
        {
            trap.Done.TrySetResult();
        }
    }

    private sealed record Trap(FaultPoint Point, Func<string, bool> Wants, Func<Hit, Task<Verdict>> Act)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>A rotation at a named point.</summary>
/// <param name="Point">Which.</param>
/// <param name="Gateway">Whose rotation.</param>
/// <param name="Link">The connection on which it shows.</param>
/// <param name="What">For the log: credential and generation.</param>
/// <param name="Stored">Whether the store is known to have what was written; for writes only.</param>
internal sealed record Hit(FaultPoint Point, string Gateway, Link Link, string What, Func<bool>? Stored = null);

/// <summary>What becomes of the bytes that showed the point.</summary>
internal enum Verdict
{
    /// <summary>They go on.</summary>
    Pass,

    /// <summary>They are dropped, and the connection is reset.</summary>
    Drop,

    /// <summary>Half of them go on, and the connection is reset.</summary>
    Truncate,
}
