using System.IO.MemoryMappedFiles;

namespace TokenGateway.Faults.Shim;

/// <summary>
/// The memory that a gateway's shim and the harness share: what is to happen at the next journal operation, and when the journal was synced.
/// It outlives the process, so that a crash leaves what it had done by then.
/// </summary>
internal sealed class JournalControl : IDisposable
{
    private const int Size = 8192;
    private const int RefusedAt = 4;
    private const int SyncsAt = 8;
    private const int RingAt = 16;
    private const int Ring = 256;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public JournalControl(string path)
    {
        Path = path;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, null, Size);
        _view = _file.CreateViewAccessor();
    }

    public string Path { get; }

    public JournalFault Fault
    {
        get => (JournalFault)_view.ReadInt32(0);
        set => _view.Write(0, (int)value);
    }

    /// <summary>Operations that were made to fail.</summary>
    public int Refused => _view.ReadInt32(RefusedAt);

    /// <summary>Times that content of the journal was synced; room that is only made for it does not count.</summary>
    public long Syncs => _view.ReadInt64(SyncsAt);

    /// <summary>How many syncs were begun after <paramref name="from"/> and had ended by <paramref name="until"/>; both are timestamps of the monotonic clock.</summary>
    public int SyncsWithin(long from, long until)
    {
        var (count, found) = (Syncs, 0);
        for (var n = Math.Max(0, count - Ring); n < count; n++)
        {
            var place = RingAt + (n % Ring * 16);
            found += _view.ReadInt64(place) >= from && _view.ReadInt64(place + 8) <= until ? 1 : 0;
        }

        return found;
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}

/// <summary>What the shim does at the next operation on a file of the journal; the numbers are those of <c>faults.c</c>.</summary>
internal enum JournalFault
{
    None,
    KillBeforeWrite,
    KillBeforeSync,
    KillAfterSync,
    DiskFull,
    DiskFails,
}
