using System.Net;

namespace TokenGateway.Tests.Traffic;

/// <summary>A body that tells whether anybody has asked for it. <see cref="HttpClient"/> sends a body of up to 1 KB to a final answer all the same, to save the connection.</summary>
internal sealed class WatchedContent : HttpContent
{
    private const int Length = 5000;

    /// <summary>True once anything of it was to be sent.</summary>
    public bool HasBegun { get; private set; }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        HasBegun = true;
        await stream.WriteAsync(new byte[Length]);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = Length;
        return true;
    }
}
