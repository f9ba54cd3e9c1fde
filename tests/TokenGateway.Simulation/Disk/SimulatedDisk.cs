using TokenGateway.Simulation.Scheduling;
using TokenGateway.Simulation.World;
using TokenGateway.Tokens.Storage.Journal;

namespace TokenGateway.Simulation.Disk;

/// <summary>A process's view of its replica's volume. Every call takes a moment, in which the process can die.</summary>
internal sealed class SimulatedDisk(DiskSite site, Volume volume, Process process) : IJournalDisk
{
    public ValueTask OpenAsync() => site.DoAsync(process, "journal open", () => true).AsVoidAsync();

    /// <remarks>Without the journal there is nothing that an earlier process left.</remarks>
    public ValueTask<IReadOnlyList<string>> ListAsync() =>
        site.DoAsync(process, "journal list", () => site.Plan.Without.HasFlag(Mechanism.Journal) ? [] : volume.Names);

    public ValueTask<IJournalFile> CreateAsync(string name) => site.DoAsync<IJournalFile>(process, "journal create", () =>
    {
        DiskSite.ThrowIf(volume.IsFull, "no space left on device");
        volume.Create(name).Holder = process;
        return new SimulatedFile(site, volume, process, name);
    });

    public ValueTask<IJournalFile?> TryOpenAsync(string name) => site.DoAsync<IJournalFile?>(process, "journal take over", () =>
    {
        if (volume.Find(name) is not { Holder: null } file)
        {
            return null;
        }

        file.Holder = process;
        return new SimulatedFile(site, volume, process, name);
    });
}
