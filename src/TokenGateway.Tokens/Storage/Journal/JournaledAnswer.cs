using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Storage.Journal;

/// <summary>What the token endpoint answered, with all that is needed to make the next record of it in another process.</summary>
/// <param name="Credential">Whose answer it is.</param>
/// <param name="InFlight">The record that the rotation began from, its intent included.</param>
/// <param name="AttemptId">The attempt that was answered.</param>
/// <param name="NextId">The id of the record to be made, so that two processes that make it make the same.</param>
/// <param name="By">The replica that rotated.</param>
/// <param name="Took">How long the token endpoint took.</param>
/// <param name="Answer">The answer as received.</param>
internal sealed record JournaledAnswer(
    string Credential, StoredRecord InFlight, string AttemptId, string NextId, string By, TimeSpan Took, RawAnswer Answer);
