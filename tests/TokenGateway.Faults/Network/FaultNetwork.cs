using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;

namespace TokenGateway.Faults.Network;

/// <summary>The network of one fleet: who has which source address, which connections exist, and which are cut. Thread safe.</summary>
internal sealed class FaultNetwork
{
    private readonly ConcurrentDictionary<IPAddress, string> _names = new();
    private readonly ConcurrentDictionary<Link, byte> _links = new();
    private ImmutableList<Cut> _cuts = [];

    /// <summary>A host that opens connections from this address, which is within 127.0.0.0/8.</summary>
    public void Name(IPAddress address, string name) => _names[address] = name;

    public string NameOf(IPAddress address) => _names.GetValueOrDefault(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, "other");

    public Cut Cut(IReadOnlySet<string> sources, IReadOnlySet<string> targets, CutDirection direction, CutMode mode)
    {
        var cut = new Cut(sources, targets, direction, mode, ended => ImmutableInterlocked.Update(ref _cuts, cuts => cuts.Remove(ended)));
        ImmutableInterlocked.Update(ref _cuts, cuts => cuts.Add(cut));
        if (mode == CutMode.Reset)
        {
            foreach (var link in _links.Keys.Where(link => cut.Concerns(link.Source, link.Target)))
            {
                link.Abort();
            }
        }

        return cut;
    }

    /// <summary>Whether connections between the two are reset at this moment.</summary>
    public bool Resets(string source, string target) => _cuts.Exists(cut => cut.Mode == CutMode.Reset && cut.Concerns(source, target));

    /// <summary>Returns when what was sent can arrive.</summary>
    public async ValueTask PassAsync(Link link, bool forth)
    {
        while (_cuts.Find(cut => cut.Mode == CutMode.Stall && cut.Stops(link.Source, link.Target, forth)) is { } cut)
        {
            await Task.WhenAny(cut.Ended, link.Aborted);
            if (link.Aborted.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>A proxy met an error of the harness itself, which must not pass for a fault.</summary>
    public event Action<Exception>? Failed;

    public void Fail(Exception error) => Failed?.Invoke(error);

    public void Add(Link link) => _links[link] = 0;

    public void Remove(Link link) => _links.TryRemove(link, out _);

    /// <summary>What a host had sent and a cut held back never arrives: it died before TCP could send it again.</summary>
    public void Forget(string source)
    {
        foreach (var link in _links.Keys.Where(link => link.Source == source))
        {
            link.Abort();
        }
    }

    /// <summary>Ends every connection.</summary>
    public void AbortAll()
    {
        foreach (var link in _links.Keys)
        {
            link.Abort();
        }
    }
}
