namespace TokenGateway.Tokens.Storage.Journal;

/// <summary>What the journal holds of one credential, in the order in which it was kept.</summary>
/// <param name="Answers">Answers that no settled record is known to have come from. Some may be long committed: lineage decides.</param>
/// <param name="Records">The newest records that this process and dead ones knew; several where dead processes left several.</param>
internal sealed record JournalFindings(IReadOnlyList<JournaledAnswer> Answers, IReadOnlyList<StoredRecord> Records)
{
    public static JournalFindings None { get; } = new([], []);
}
