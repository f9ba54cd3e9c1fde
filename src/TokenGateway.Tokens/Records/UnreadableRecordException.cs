namespace TokenGateway.Tokens.Records;

/// <summary>
/// A record is there and cannot be used. It must never be taken for an absent one: it is not rotated, reseeded or deleted, only reported.
/// </summary>
internal sealed class UnreadableRecordException(string reason) : Exception($"The stored record cannot be used: {reason}.");
