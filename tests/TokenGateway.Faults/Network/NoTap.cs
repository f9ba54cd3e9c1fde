namespace TokenGateway.Faults.Network;

/// <summary>Looks at nothing.</summary>
internal sealed class NoTap : ILinkTap
{
    public static NoTap Instance { get; } = new();

    public ValueTask<bool> SentAsync(Link link, ReadOnlyMemory<byte> bytes) => ValueTask.FromResult(true);

    public void Answered(Link link, ReadOnlySpan<byte> bytes)
    {
    }
}
