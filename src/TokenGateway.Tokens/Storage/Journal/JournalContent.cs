namespace TokenGateway.Tokens.Storage.Journal;

/// <summary>What the entries of a journal come to: for each credential its answers and its newest records. For any thread.</summary>
internal sealed class JournalContent
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JournalFindings> _findings = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Credentials
    {
        get
        {
            lock (_lock)
            {
                return [.. _findings.Keys];
            }
        }
    }

    public JournalFindings Find(string credential)
    {
        lock (_lock)
        {
            return _findings.GetValueOrDefault(credential, JournalFindings.None);
        }
    }

    /// <summary>False where the entry changed nothing: files that were left by crashes repeat each other.</summary>
    public bool Apply(JournalEntry entry)
    {
        lock (_lock)
        {
            var before = _findings.GetValueOrDefault(entry.Credential, JournalFindings.None);
            var after = Next(before, entry);
            _findings[entry.Credential] = after;
            return !ReferenceEquals(before, after);
        }
    }

    /// <summary>Entries that give the same content to an empty journal, and to one that has it already.</summary>
    public IReadOnlyList<JournalEntry> ToEntries()
    {
        lock (_lock)
        {
            return
            [
                .. from pair in _findings
                   from entry in pair.Value.Records.Select(JournalEntry (record) => new RecordKept(pair.Key, record))
                       .Concat(pair.Value.Answers.Select(answer => new AnswerKept(answer)))
                   select entry,
            ];
        }
    }

    private static JournalFindings Next(JournalFindings before, JournalEntry entry) => entry switch
    {
        AnswerKept(var answer) when before.Answers.Any(kept => IsSame(kept, answer)) => before,
        AnswerKept(var answer) => before with { Answers = [.. before.Answers, answer] },
        RecordKept(_, var record) when before.Records.Any(kept => kept.Revision == record.Revision) => before,
        RecordKept(_, var record) => before with { Records = [.. before.Records, record] },
        CredentialSettled(_, var record, var kept) => Settle(before, record, kept),
        _ => before,
    };

    private static bool IsSame(JournaledAnswer one, JournaledAnswer other) =>
        one.AttemptId == other.AttemptId && one.NextId == other.NextId;

    /// <summary>That the store holds what a rotation began from says nothing of its answer: a poll may tell so while that is being kept.</summary>
    private static bool BeganFrom(JournaledAnswer answer, StoredRecord record) => answer.InFlight.Revision == record.Revision;

    private static JournalFindings Settle(JournalFindings before, StoredRecord record, IReadOnlyList<string> kept)
    {
        var answers = before.Answers.Where(answer => BeganFrom(answer, record) || kept.Contains(answer.AttemptId, StringComparer.Ordinal)).ToList();
        return answers.Count == before.Answers.Count && before.Records is [var only] && only.Revision == record.Revision
            ? before
            : new JournalFindings(answers, [record]);
    }
}
