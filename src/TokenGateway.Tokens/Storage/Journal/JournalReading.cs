namespace TokenGateway.Tokens.Storage.Journal;

/// <summary>What a journal file was found to hold.</summary>
internal sealed class JournalReading
{
    private readonly List<JournalEntry> _entries = [];
    private readonly SortedSet<string> _foreignKeys = new(StringComparer.Ordinal);

    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>Whole frames that another key, or a later version, would read: they must not be lost.</summary>
    public int Foreign { get; private set; }

    /// <summary>The ids of the keys that are missing.</summary>
    public IEnumerable<string> ForeignKeys => _foreignKeys;

    /// <summary>Bytes, counted by 16, that nothing will ever read again: a torn tail, or a disk's error.</summary>
    public long Damaged { get; private set; }

    /// <param name="entry">Null where this version does not know it.</param>
    public void Add(JournalEntry? entry)
    {
        if (entry is null)
        {
            Foreign++;
        }
        else
        {
            _entries.Add(entry);
        }
    }

    public void AddForeign(string keyId)
    {
        Foreign++;
        _foreignKeys.Add(keyId);
    }

    public void AddDamage(int bytes) => Damaged += bytes;
}
