namespace TokenGateway.Tokens.Rotation;

/// <summary>Something that a person hands over and waits for: it begins once, or is withdrawn.</summary>
internal abstract class AskedHandover
{
    private int _begun;
    private volatile ReseedReport? _heldUpBy;

    public TaskCompletionSource<ReseedReport> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What its adoption has met so far; null where it was not tried.</summary>
    public ReseedReport? HeldUpBy => _heldUpBy;

    /// <summary>True for one caller: the adoption that begins, or the one who no longer waits for it.</summary>
    public bool TryBegin() => Interlocked.Exchange(ref _begun, 1) == 0;

    /// <summary>It was not adopted, and may be tried again or withdrawn.</summary>
    public void GiveBack(ReseedReport heldUpBy)
    {
        _heldUpBy = heldUpBy;
        Volatile.Write(ref _begun, 0);
    }
}
