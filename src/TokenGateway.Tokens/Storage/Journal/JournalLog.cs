namespace TokenGateway.Tokens.Storage.Journal;

/// <summary>
/// One journal file that is appended to. Its end is ahead of what is written: the space between is zeros that are on disk already,
/// so that writing there takes no new blocks. Not for several threads at once.
/// </summary>
internal sealed class JournalLog(IJournalFile file) : IAsyncDisposable
{
    private const int Chunk = 64 * 1024;
    private static readonly byte[] Zeros = new byte[Chunk];

    private long _allocated;

    /// <summary>Where the next frame goes.</summary>
    public long Head { get; private set; }

    /// <summary>The room, in bytes, that is already on disk and not yet written.</summary>
    public long Room => _allocated - Head;

    /// <summary>Allocates, by whole chunks, what is missing of the room that is wanted.</summary>
    /// <exception cref="IOException">The disk is full or failed; the log is as it was.</exception>
    public async Task EnsureRoomAsync(long room)
    {
        if (Room >= room)
        {
            return;
        }

        var end = _allocated;
        while (end < Head + room)
        {
            await file.WriteAsync(end, Zeros);
            end += Chunk;
        }

        await file.FlushAsync();
        _allocated = end;
    }

    /// <summary>Writes a frame into room that is there.</summary>
    public async Task AppendAsync(byte[] frame, bool durable)
    {
        if (frame.Length > Room)
        {
            throw new InvalidOperationException("The room for a frame is made before it is written.");
        }

        await file.WriteAsync(Head, frame);
        Head += frame.Length;
        if (durable)
        {
            await file.FlushAsync();
        }
    }

    public Task FlushAsync() => file.FlushAsync().AsTask();

    public ValueTask DeleteAsync() => file.DeleteAsync();

    public ValueTask DisposeAsync() => file.DisposeAsync();
}
