using TokenGateway.Tokens.Storage;

namespace TokenGateway.Simulation.Stores;

/// <summary>
/// A store's server: a primary, and a replica that follows it. What was replicated survives a failover, the rest may be lost, last things first.
/// Thread safe, so that the conformance suite can run on it as on a real one.
/// </summary>
internal sealed class InMemoryServer(Func<DateTimeOffset> now)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoreEntry> _primary = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoreEntry> _replica = new(StringComparer.Ordinal);
    private readonly List<(string Credential, StoreEntry Entry)> _notReplicated = [];
    private Dictionary<string, StoreEntry> _saved = new(StringComparer.Ordinal);

    /// <summary>A record was written with <see cref="RecordWrite.Announce"/>; raised after the write, on its thread.</summary>
    public event Action<string, StoredRecord>? Announced;

    public DateTimeOffset Now => now();

    /// <summary>True takes the fence out of the guard of a write.</summary>
    public bool IgnoresFence { get; set; }

    public StoreEntry this[string credential]
    {
        get
        {
            lock (_gate)
            {
                return _primary.GetValueOrDefault(credential, StoreEntry.Empty);
            }
        }
    }

    public IReadOnlyList<string> List()
    {
        lock (_gate)
        {
            return [.. _primary.Where(credential => credential.Value.SnapshotAt(now()).Record is not null).Select(credential => credential.Key)];
        }
    }

    public AcquireResult Acquire(string credential, LeaseRequest request) =>
        Change(credential, entry => StoreRules.Acquire(entry, request, now()));

    public bool Renew(string credential, string leaseId, TimeSpan duration) =>
        Change(credential, entry => StoreRules.Renew(entry, leaseId, duration, now()));

    public void Release(string credential, string leaseId) =>
        Change(credential, entry => (StoreRules.Release(entry, leaseId), true));

    public void Append(string credential, ReadOnlyMemory<byte> line) => Change(credential, entry => (StoreRules.Append(entry, line), true));

    public WriteOutcome Write(string credential, RecordWrite write)
    {
        var outcome = Change(credential, entry => StoreRules.Write(entry, write, now(), IgnoresFence));
        if (outcome == WriteOutcome.Written && write.Announce)
        {
            Announced?.Invoke(credential, write.Record);
        }

        return outcome;
    }

    /// <summary>What <c>WAIT</c> waits for: all that was written until now is with the replica.</summary>
    public void Replicate()
    {
        lock (_gate)
        {
            foreach (var (credential, entry) in _notReplicated)
            {
                _replica[credential] = entry;
            }

            _notReplicated.Clear();
        }
    }

    /// <summary>The replica takes over, after it got the first <paramref name="received"/> of the changes that nobody waited for.</summary>
    /// <returns>How many changes are lost.</returns>
    public int FailOver(Func<int, int> received)
    {
        lock (_gate)
        {
            var kept = received(_notReplicated.Count + 1);
            var lost = _notReplicated.Count - kept;
            _notReplicated.RemoveRange(kept, lost);
            Replicate();
            _primary.Clear();
            foreach (var (credential, entry) in _replica)
            {
                _primary[credential] = entry;
            }

            return lost;
        }
    }

    /// <summary>FLUSHALL, or a restart without persistence.</summary>
    public void Wipe()
    {
        lock (_gate)
        {
            _primary.Clear();
            _replica.Clear();
            _notReplicated.Clear();
        }
    }

    /// <summary>Makes a backup.</summary>
    public void Save()
    {
        lock (_gate)
        {
            _saved = new(_primary, StringComparer.Ordinal);
        }
    }

    /// <summary>Comes back as it was when it was saved: a restart without the last writes.</summary>
    public void Restore()
    {
        lock (_gate)
        {
            Wipe();
            foreach (var (credential, entry) in _saved)
            {
                _primary[credential] = _replica[credential] = entry;
            }
        }
    }

    private T Change<T>(string credential, Func<StoreEntry, (StoreEntry Entry, T Result)> change)
    {
        lock (_gate)
        {
            var before = _primary.GetValueOrDefault(credential, StoreEntry.Empty);
            var (after, result) = change(before);
            if (!ReferenceEquals(before, after))
            {
                _primary[credential] = after;
                _notReplicated.Add((credential, after));
            }

            return result;
        }
    }
}
