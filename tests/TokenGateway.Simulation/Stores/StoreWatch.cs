using System.Buffers.Binary;
using System.Text.Json;
using TokenGateway.Simulation.Oracle;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Simulation.Stores;

/// <summary>Reads the open part of what is written, names each write by its purpose, and holds the store to its invariants.</summary>
internal sealed class StoreWatch(Verdicts verdicts)
{
    private const int PrefixSize = 1 + sizeof(int);

    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private readonly HashSet<string> _intents = new(StringComparer.Ordinal);

    /// <summary>The attempts whose intent was written at any time.</summary>
    public bool IsDeclared(string attemptId) => _intents.Contains(attemptId);

    public static RecordHeader HeaderOf(StoredRecord record)
    {
        var document = record.Document.Span;
        var length = BinaryPrimitives.ReadInt32LittleEndian(document[1..]);
        return JsonSerializer.Deserialize(document.Slice(PrefixSize, length), RecordJson.Default.RecordHeader)!;
    }

    /// <summary>What a write is for: adopt, intent, commit, or amend (heal, clear, doubt).</summary>
    public string PurposeOf(RecordWrite write, RecordHeader header) => write.Guard is null
        ? _written.Contains(header.Id) ? "amend" : "commit"
        : _written.Contains(header.Id) ? "intent" : "adopt";

    /// <summary>A write went through.</summary>
    public void Written(StoreEntry before, RecordWrite write, RecordHeader header)
    {
        _written.Add(header.Id);
        foreach (var attempt in header.Attempts)
        {
            _intents.Add(attempt.Id);
        }

        if (before.Record is { } old && HeaderOf(old) is var previous && !Continues(header, previous))
        {
            verdicts.Violate($"the store went from generation {previous.Generation} of {previous.Id} to generation {header.Generation} of {header.Id}, which does not descend from it");
        }

        if (write.Guard is { } guard && guard.Fence != before.Fence)
        {
            verdicts.Violate($"a write under fence {guard.Fence} went through after fence {before.Fence} had been given");
        }
    }

    private static bool Continues(RecordHeader next, RecordHeader previous) =>
        next.Id == previous.Id
        || next.Ancestors.Contains(previous.Id, StringComparer.Ordinal)
        || (next.Family == previous.Family && next.Generation > previous.Generation);
}
