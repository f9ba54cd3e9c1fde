namespace TokenGateway.Tokens.Storage.Journal;

/// <summary>One thing that the journal was told. Replaying entries in their order, once or more often, gives its content.</summary>
internal abstract record JournalEntry(string Credential);

/// <summary>An answer, added to what is kept of its credential.</summary>
internal sealed record AnswerKept(JournaledAnswer Answer) : JournalEntry(Answer.Credential);

/// <summary>A record, added to what is kept of its credential.</summary>
internal sealed record RecordKept(string Credential, StoredRecord Record) : JournalEntry(Credential);

/// <summary>A record that replaces whatever was kept of its credential before, but answers to rotations that began from it.</summary>
/// <param name="Credential">Whose.</param>
/// <param name="Record">The record.</param>
/// <param name="Kept">The attempts whose answers stay as well: they could not be understood, and their doubt has not ended.</param>
internal sealed record CredentialSettled(string Credential, StoredRecord Record, IReadOnlyList<string> Kept) : JournalEntry(Credential);
