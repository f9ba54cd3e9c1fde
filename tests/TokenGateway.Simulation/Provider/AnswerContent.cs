using System.Net;

namespace TokenGateway.Simulation.Provider;

/// <summary>A body that comes from a stream of the simulation's own.</summary>
internal sealed class AnswerContent(Stream stream) : HttpContent
{
    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult(stream);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        throw new NotSupportedException("Only ever read.");

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
