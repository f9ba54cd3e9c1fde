namespace TokenGateway.Simulator.OAuth;

/// <summary>All tokens that descend from one seed. Guarded by the provider's lock.</summary>
internal sealed class Family(string id)
{
    private readonly Queue<IssuedAccessToken> _accessTokens = new();

    public string Id { get; } = id;

    public int Generation { get; set; }

    public bool IsRevoked { get; set; }

    public int Reuses { get; set; }

    /// <summary>The newest refresh token.</summary>
    public RefreshToken Current { get; set; } = null!;

    /// <summary>When the last pair was granted; null for a seed.</summary>
    public DateTimeOffset? RotatedAt { get; set; }

    public SlidingWindow Rotations { get; } = new();

    public FamilyState ToState() => new(Id, Generation, IsRevoked, Reuses);

    public void KillAccessTokens()
    {
        foreach (var token in _accessTokens)
        {
            token.Kill();
        }
    }

    /// <summary>Remembers a token and gives up those before it that are dead, so that a long run does not grow.</summary>
    public IEnumerable<IssuedAccessToken> Keep(IssuedAccessToken token, DateTimeOffset now)
    {
        var dead = new List<IssuedAccessToken>();
        while (_accessTokens.TryPeek(out var oldest) && !oldest.IsAlive(now))
        {
            dead.Add(_accessTokens.Dequeue());
        }

        _accessTokens.Enqueue(token);
        return dead;
    }
}
