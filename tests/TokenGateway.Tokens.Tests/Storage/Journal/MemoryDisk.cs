using TokenGateway.Tokens.Storage.Journal;

namespace TokenGateway.Tokens.Tests.Storage.Journal;

/// <summary>
/// A disk of so many blocks, which forgets what was not flushed when the machine crashes, and can die at any step. It knows of one process
/// at a time: what an earlier one held is free once <see cref="KillProcess"/> or <see cref="CrashMachine"/> has been called.
/// </summary>
internal sealed class MemoryDisk : IJournalDisk
{
    private const int BlockSize = 4096;

    private readonly Dictionary<string, MemoryFile> _files = new(StringComparer.Ordinal);

    /// <summary>How many blocks files may have together.</summary>
    public long Blocks { get; set; } = long.MaxValue;

    /// <summary>How many more steps succeed before every one fails.</summary>
    public int StepsToLive { get; set; } = int.MaxValue;

    public int Steps { get; private set; }

    public int Flushes { get; private set; }

    public long UsedBlocks => _files.Values.Sum(file => (file.Length + BlockSize - 1) / BlockSize);

    public IReadOnlyCollection<string> Names => _files.Keys;

    public byte[] BytesOf(string name) => _files[name].ToArray();

    /// <summary>A file that a dead process left.</summary>
    public void Leave(string name, byte[] bytes)
    {
        var content = new MemoryFile();
        content.Write(0, bytes);
        content.Flush();
        _files[name] = content;
    }

    public void KillProcess()
    {
        StepsToLive = int.MaxValue;
        foreach (var file in _files.Values)
        {
            file.Held = false;
        }
    }

    public void CrashMachine()
    {
        KillProcess();
        foreach (var file in _files.Values)
        {
            file.Crash();
        }
    }

    public ValueTask OpenAsync()
    {
        Step();
        return default;
    }

    public ValueTask<IReadOnlyList<string>> ListAsync()
    {
        Step();
        return new([.. _files.Keys]);
    }

    public ValueTask<IJournalFile> CreateAsync(string name)
    {
        Step();
        _files.Add(name, new MemoryFile { Held = true });
        return new(new Handle(this, name, _files[name]));
    }

    public ValueTask<IJournalFile?> TryOpenAsync(string name)
    {
        Step();
        if (!_files.TryGetValue(name, out var content) || content.Held)
        {
            return default;
        }

        content.Held = true;
        return new(new Handle(this, name, content));
    }

    private void Step()
    {
        Steps++;
        if (StepsToLive-- <= 0)
        {
            StepsToLive = 0;
            throw new IOException("The disk is gone");
        }
    }

    private sealed class Handle(MemoryDisk disk, string name, MemoryFile content) : IJournalFile
    {
        public string Name => name;

        public ValueTask<ReadOnlyMemory<byte>> ReadAsync()
        {
            disk.Step();
            return new(content.ToArray());
        }

        public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> bytes)
        {
            disk.Step();
            var end = (int)offset + bytes.Length;
            if (end > content.Length && disk.UsedBlocks + ((end - content.Length + BlockSize - 1) / BlockSize) > disk.Blocks)
            {
                throw new IOException("No space left on device");
            }

            content.Write((int)offset, bytes.Span);
            return default;
        }

        public ValueTask FlushAsync()
        {
            disk.Step();
            disk.Flushes++;
            content.Flush();
            return default;
        }

        public ValueTask DeleteAsync()
        {
            disk.Step();
            disk._files.Remove(name);
            return default;
        }

        public ValueTask DisposeAsync()
        {
            content.Held = false;
            return default;
        }
    }
}
