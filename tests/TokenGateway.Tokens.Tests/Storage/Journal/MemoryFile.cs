namespace TokenGateway.Tokens.Tests.Storage.Journal;

/// <summary>A file's bytes, and how to take back what was not flushed.</summary>
internal sealed class MemoryFile
{
    private readonly Stack<(int Offset, byte[] Before)> _unflushed = new();
    private byte[] _bytes = [];
    private int _flushedLength;

    public int Length { get; private set; }

    public bool Held { get; set; }

    public byte[] ToArray() => _bytes[..Length];

    public void Write(int offset, ReadOnlySpan<byte> bytes)
    {
        var end = offset + bytes.Length;
        if (end > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(end, 2 * _bytes.Length));
        }

        _unflushed.Push((offset, _bytes[offset..end]));
        bytes.CopyTo(_bytes.AsSpan(offset));
        Length = Math.Max(Length, end);
    }

    public void Flush()
    {
        _unflushed.Clear();
        _flushedLength = Length;
    }

    public void Crash()
    {
        while (_unflushed.TryPop(out var write))
        {
            write.Before.CopyTo(_bytes, write.Offset);
        }

        Length = _flushedLength;
    }
}
