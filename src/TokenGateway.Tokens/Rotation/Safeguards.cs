namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// The mechanisms that keep a refresh token from being lost or spent twice. All of them are always on; tests take one out at a time, to show that each of them
/// is needed. Those that are not here can be taken out from outside: patience by a setting, journal, fence and <c>WAIT</c> by the disk or the store.
/// </summary>
[Flags]
internal enum Safeguards
{
    None = 0,

    /// <summary>Declare the intent in the store before sending.</summary>
    Intent = 1,

    /// <summary>Look at the clock once more at the moment of sending.</summary>
    Deadline = 2,

    /// <summary>Write back what the store has lost.</summary>
    HealForward = 4,

    /// <summary>Remember which seeds were adopted or spent.</summary>
    AdoptedSeeds = 8,

    /// <summary>Send what the store said under the lease, not what was known before.</summary>
    ReloadUnderLease = 16,

    /// <summary>Keep a response that cannot be understood until its doubt has ended.</summary>
    KeptResponses = 32,

    All = Intent | Deadline | HealForward | AdoptedSeeds | ReloadUnderLease | KeptResponses,
}
