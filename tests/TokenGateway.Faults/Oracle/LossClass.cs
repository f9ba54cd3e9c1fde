namespace TokenGateway.Faults.Oracle;

/// <summary>Why a family was lost, in the words of docs/rotation.md.</summary>
internal enum LossClass
{
    /// <summary>A crash after sending and before the journal's sync.</summary>
    W3,

    /// <summary>The answer was lost, cut off, or came too late.</summary>
    W4,

    /// <summary>The store had the successor, or the intent, and another server that did not know of it took its place: <c>WAIT</c> is not consensus.</summary>
    W8,

    /// <summary>Whoever held the answer was away for longer than the patience.</summary>
    W15,

    /// <summary>What must not happen.</summary>
    Others,
}

/// <summary>A family that was lost.</summary>
internal sealed record Loss(string Family, string Credential, int Generation, LossClass Class, string Why);
