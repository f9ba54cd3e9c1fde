using System.Collections.Concurrent;

namespace TokenGateway.Simulator.OAuth;

/// <summary>Every token that was issued, by its value. Issuing is guarded by the provider's lock; access tokens are looked up without it.</summary>
/// <param name="time">The provider's clock.</param>
/// <param name="newToken">Gives the next token's value, never the same twice.</param>
internal sealed class IssuedTokens(TimeProvider time, Func<string> newToken)
{
    private readonly Dictionary<string, RefreshToken> _refreshTokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IssuedAccessToken> _accessTokens = new(StringComparer.Ordinal);

    public RefreshToken? FindRefreshToken(string value) => _refreshTokens.GetValueOrDefault(value);

    /// <summary>Dead ones too. Takes no lock and allocates nothing.</summary>
    public IssuedAccessToken? FindAccessToken(ReadOnlySpan<char> value) =>
        _accessTokens.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(value, out var token) ? token : null;

    /// <summary>The family's next refresh token, which becomes its current one.</summary>
    /// <param name="family">The family.</param>
    /// <param name="parent">The token that was spent for it; null for a seed.</param>
    /// <param name="options">How long it lives.</param>
    /// <param name="value">Its value; null means a new one.</param>
    public RefreshToken Issue(Family family, RefreshToken? parent, SimulatorOptions options, string? value = null)
    {
        var token = new RefreshToken(value ?? newToken(), family, family.Generation, parent, time.GetUtcNow() + options.RefreshTokenLifetime);
        _refreshTokens.Add(token.Value, token);
        family.Current = token;
        return token;
    }

    /// <exception cref="InvalidOperationException">The source of tokens gave the same value twice.</exception>
    public IssuedAccessToken IssueAccessToken(Family family, SimulatorOptions options)
    {
        var now = time.GetUtcNow();
        var token = new IssuedAccessToken(newToken(), family.Id, family.Generation, now, options.AccessTokenLifetime);
        foreach (var dead in family.Keep(token, now))
        {
            _accessTokens.TryRemove(dead.Value, out _);
        }

        return _accessTokens.TryAdd(token.Value, token) ? token : throw new InvalidOperationException("The source of tokens gave the same value twice.");
    }
}
