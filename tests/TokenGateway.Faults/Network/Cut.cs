namespace TokenGateway.Faults.Network;

/// <summary>A broken connection between two groups of hosts, as long as it is not disposed.</summary>
internal sealed class Cut(IReadOnlySet<string> sources, IReadOnlySet<string> targets, CutDirection direction, CutMode mode, Action<Cut> end) : IDisposable
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CutMode Mode => mode;

    public Task Ended => _ended.Task;

    public bool Concerns(string source, string target) => sources.Contains(source) && targets.Contains(target);

    /// <param name="source">Who opened the connection.</param>
    /// <param name="target">Who accepted it.</param>
    /// <param name="forth">From the first to the second.</param>
    public bool Stops(string source, string target, bool forth) =>
        Concerns(source, target) && direction switch
        {
            CutDirection.Forth => forth,
            CutDirection.Back => !forth,
            _ => true,
        };

    public void Dispose()
    {
        end(this);
        _ended.TrySetResult();
    }
}

/// <summary>Which way nothing passes, seen from the host that opens connections.</summary>
internal enum CutDirection { Both, Forth, Back }

/// <summary>How a cut looks to both ends.</summary>
internal enum CutMode
{
    /// <summary>Packets are lost: nothing arrives, and what TCP sends again arrives when the cut ends.</summary>
    Stall,

    /// <summary>Connections are reset, and new ones are reset at once.</summary>
    Reset,
}
