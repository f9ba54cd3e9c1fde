namespace TokenGateway.Simulator.OAuth;

/// <summary>A new family, as handed to the person who logged in.</summary>
/// <param name="Family">Its name, by which it is revoked.</param>
/// <param name="RefreshToken">The refresh token, of generation 0.</param>
/// <param name="AccessToken">An access token, if one was asked for.</param>
public sealed record Seed(string Family, string RefreshToken, string? AccessToken)
{
    /// <summary>The family's name, without the tokens.</summary>
    public override string ToString() => Family;
}
