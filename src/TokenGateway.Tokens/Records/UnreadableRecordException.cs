namespace TokenGateway.Tokens.Records;

/// <summary>
/// A record is there and cannot be used. It must never be taken for an absent one: it is not rotated, reseeded or deleted, only reported, and replaced by whoever
/// has a better one.
/// </summary>
internal sealed class UnreadableRecordException(string reason) : Exception($"The stored record cannot be used: {reason}.")
{
    public string Reason => reason;

    /// <summary>True where another process may well be able to read it: it is sealed under a key, or in a format, that is not known here.</summary>
    public bool IsForeign { get; init; }

    /// <summary>What its header says of itself, if it says anything. Nobody vouches for it.</summary>
    public RecordHeader? Claim { get; init; }
}
