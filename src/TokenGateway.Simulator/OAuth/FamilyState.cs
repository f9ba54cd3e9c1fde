namespace TokenGateway.Simulator.OAuth;

/// <summary>One family as an observer sees it.</summary>
/// <param name="Family">Its name.</param>
/// <param name="Generation">How many rotations it has made.</param>
/// <param name="IsRevoked">True when every token of it is dead for good.</param>
/// <param name="Reuses">How often one of its spent refresh tokens came back outside the grace.</param>
public sealed record FamilyState(string Family, int Generation, bool IsRevoked, int Reuses);
