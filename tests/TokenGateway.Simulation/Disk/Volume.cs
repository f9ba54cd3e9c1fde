using TokenGateway.Simulation.Scheduling;

namespace TokenGateway.Simulation.Disk;

/// <summary>What a replica's disk holds, from one process to the next.</summary>
internal sealed class Volume
{
    private readonly SortedDictionary<string, VolumeFile> _files = new(StringComparer.Ordinal);

    /// <summary>True while no new block can be had.</summary>
    public bool IsFull { get; set; }

    /// <summary>True while a flush fails.</summary>
    public bool Fails { get; set; }

    public IReadOnlyList<string> Names => [.. _files.Keys];

    public VolumeFile? Find(string name) => _files.GetValueOrDefault(name);

    public VolumeFile Create(string name) => _files[name] = new VolumeFile();

    public void Delete(string name) => _files.Remove(name);

    /// <summary>The volume did not come back with its pod.</summary>
    public void Lose() => _files.Clear();

    /// <summary>A process is gone: what it held is free. With the machine, what was not flushed goes too, whole or in part.</summary>
    public void Release(Process owner, SeededRandom? machineCrash)
    {
        foreach (var file in _files.Values.Where(file => file.Holder == owner))
        {
            file.Holder = null;
            if (machineCrash is not null)
            {
                file.LoseUnflushed(machineCrash);
            }
        }
    }
}
