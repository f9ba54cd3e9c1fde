using System.Buffers.Binary;
using TokenGateway.Tokens.Storage.Journal;

namespace TokenGateway.Tokens.Tests.Storage.Journal;

/// <summary>A file as it was written, which knows the frames that something has been done to since.</summary>
internal sealed class WrittenFile
{
    private const int HeaderSize = 16;
    private readonly List<(JournalEntry Entry, int Start, int End)> _frames = [];

    public WrittenFile(JournalFrames frames, IEnumerable<JournalEntry> entries)
    {
        var bytes = new List<byte>();
        foreach (var entry in entries)
        {
            var frame = frames.Write(entry);

            // Padding is nobody's: what happens to it harms nothing.
            var used = HeaderSize + BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(4));
            _frames.Add((entry, bytes.Count, bytes.Count + used));
            bytes.AddRange(frame);
        }

        Bytes = [.. bytes];
    }

    public byte[] Bytes { get; }

    /// <summary>The entries whose frames are the same in <paramref name="bytes"/>.</summary>
    public IEnumerable<JournalEntry> Intact(byte[] bytes) =>
        from frame in _frames
        where frame.End <= bytes.Length && bytes.AsSpan(frame.Start..frame.End).SequenceEqual(Bytes.AsSpan(frame.Start..frame.End))
        select frame.Entry;
}
