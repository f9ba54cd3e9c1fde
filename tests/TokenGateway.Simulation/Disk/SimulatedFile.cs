using TokenGateway.Simulation.Scheduling;
using TokenGateway.Tokens.Storage.Journal;

namespace TokenGateway.Simulation.Disk;

/// <summary>A journal file in the hands of one process.</summary>
internal sealed class SimulatedFile(DiskSite site, Volume volume, Process process, string name) : IJournalFile
{
    public string Name => name;

    public ValueTask<long> LengthAsync() => site.DoAsync(process, "journal length", () => (long)File.Length);

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync() => site.DoAsync(process, "journal read", File.Read);

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> bytes)
    {
        var content = bytes.ToArray();
        return site.DoAsync(process, "journal write", () =>
        {
            DiskSite.ThrowIf(volume.IsFull && offset + content.Length > File.Length, "no space left on device");
            File.Write(offset, content);
            return true;
        }).AsVoidAsync();
    }

    public ValueTask FlushAsync() => site.DoAsync(process, "journal flush", () =>
    {
        DiskSite.ThrowIf(volume.Fails, "input/output error");
        File.Flush();
        site.Flushed(process);
        return true;
    }).AsVoidAsync();

    public ValueTask DeleteAsync() => site.DoAsync(process, "journal delete", () =>
    {
        volume.Delete(name);
        return true;
    }).AsVoidAsync();

    public ValueTask DisposeAsync()
    {
        if (volume.Find(name) is { } file && file.Holder == process)
        {
            file.Holder = null;
        }

        return ValueTask.CompletedTask;
    }

    private VolumeFile File => volume.Find(name) ?? throw new IOException("The simulated file is gone.");
}
