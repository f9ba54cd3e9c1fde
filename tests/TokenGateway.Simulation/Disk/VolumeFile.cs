using TokenGateway.Simulation.Scheduling;

namespace TokenGateway.Simulation.Disk;

/// <summary>A file as the kernel sees it, and as the platter does.</summary>
internal sealed class VolumeFile
{
    private readonly List<(long Offset, byte[] Bytes)> _unflushed = [];
    private byte[] _written = [];
    private byte[] _flushed = [];
    private int _flushedLength;

    public Process? Holder { get; set; }

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Read() => _written.AsSpan(0, Length).ToArray();

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        Length = Math.Max(Length, Put(ref _written, offset, bytes));
        _unflushed.Add((offset, bytes.ToArray()));
    }

    public void Flush()
    {
        foreach (var (offset, bytes) in _unflushed)
        {
            _flushedLength = Math.Max(_flushedLength, Put(ref _flushed, offset, bytes));
        }

        _unflushed.Clear();
    }

    /// <summary>Of each write that nobody flushed, all, nothing or its beginning has reached the platter.</summary>
    public void LoseUnflushed(SeededRandom random)
    {
        foreach (var (offset, bytes) in _unflushed)
        {
            var reached = random.Below(3) switch { 0 => 0, 1 => bytes.Length, _ => random.Below(bytes.Length + 1) };
            if (reached > 0)
            {
                _flushedLength = Math.Max(_flushedLength, Put(ref _flushed, offset, bytes.AsSpan(0, reached)));
            }
        }

        _unflushed.Clear();
        _written = [.. _flushed];
        Length = _flushedLength;
    }

    private static int Put(ref byte[] content, long offset, ReadOnlySpan<byte> bytes)
    {
        var end = (int)offset + bytes.Length;
        if (end > content.Length)
        {
            Array.Resize(ref content, end);
        }

        bytes.CopyTo(content.AsSpan((int)offset));
        return end;
    }
}
