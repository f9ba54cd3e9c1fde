namespace TokenGateway.Simulator.Faults;

/// <summary>Everything that is to go wrong at the provider's HTTP side. Thread safe.</summary>
public sealed class FaultPlan
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _release = NewGate();
    private volatile bool _isDown;

    /// <summary>Faults of the token endpoint.</summary>
    public EndpointFaults Token { get; } = new(isTokenEndpoint: true);

    /// <summary>Faults of the validate endpoint.</summary>
    public EndpointFaults Validate { get; } = new(isTokenEndpoint: false);

    /// <summary>True while every call but those of the control API has its connection closed, unread and unprocessed.</summary>
    public bool IsDown
    {
        get => _isDown;
        set => _isDown = value;
    }

    /// <summary>Lets every call that hangs now go on.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _release.SetResult();
            _release = NewGate();
        }
    }

    /// <summary>Forgets every fault to come and lets every call that hangs go on.</summary>
    public void Clear()
    {
        Token.Clear();
        Validate.Clear();
        Release();
    }

    internal Task HangAsync(CancellationToken stopping)
    {
        lock (_gate)
        {
            return _release.Task.WaitAsync(stopping);
        }
    }

    private static TaskCompletionSource NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
