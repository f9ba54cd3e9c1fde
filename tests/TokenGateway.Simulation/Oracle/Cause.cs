namespace TokenGateway.Simulation.Oracle;

/// <summary>Why a refresh token was sent twice, or a family is lost: the windows of docs/rotation.md.</summary>
internal enum Cause
{
    /// <summary>None of the windows: the engine is to blame.</summary>
    Other,

    /// <summary>The owner died after the provider had acted, before the answer was on its disk.</summary>
    W3,

    /// <summary>No whole answer reached the owner, while it lived.</summary>
    W4,

    /// <summary>A process stood still between the deadline's check and the first byte.</summary>
    W7,

    /// <summary>Whoever held the answer stayed away for longer than the patience.</summary>
    W15,

    /// <summary>Of two requests in one grace the one that was sent first reached the provider last, and made the other's answer void: nobody can know the order.</summary>
    W16,

    /// <summary>The provider allows it.</summary>
    Grace,

    /// <summary>A pair that came back late, tried once the family was given up, turned out to be superseded by a retry in grace: nothing is lost by it.</summary>
    Spare,
}
