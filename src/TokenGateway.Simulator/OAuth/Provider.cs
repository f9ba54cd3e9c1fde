using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace TokenGateway.Simulator.OAuth;

/// <summary>
/// A strict provider with single-use refresh tokens, without HTTP: what it grants, what it refuses and what it revokes.
/// Thread safe. With a fake clock and a seeded source of tokens it is deterministic.
/// </summary>
public sealed class Provider
{
    /// <summary>The family of the access tokens that the client got in its own name.</summary>
    public const string ClientFamily = "client";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, RefreshToken> _refreshTokens = new(StringComparer.Ordinal);
    private readonly List<Family> _families = [];
    private readonly ConcurrentDictionary<string, IssuedAccessToken> _accessTokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IssuedAccessToken>.AlternateLookup<ReadOnlySpan<char>> _accessTokensBySpan;
    private readonly SlidingWindow _validations = new();
    private readonly TimeProvider _time;
    private readonly Func<string> _newToken;
    private volatile SimulatorOptions _options;
    private ProviderCounters _counters = new();

    /// <param name="options">How it behaves.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="newToken">Gives the next token's value, never the same twice; null means 160 random bits in hexadecimal.</param>
    public Provider(SimulatorOptions options, TimeProvider time, Func<string>? newToken = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Checked();
        _time = time;
        _newToken = newToken ?? (() => RandomNumberGenerator.GetHexString(40, lowercase: true));
        _accessTokensBySpan = _accessTokens.GetAlternateLookup<ReadOnlySpan<char>>();
        Events = new EventLog(time);
    }

    /// <summary>How it behaves from now on; tokens that were issued before keep their lifetime.</summary>
    public SimulatorOptions Options
    {
        get => _options;
        set => _options = value.Checked();
    }

    /// <summary>What happened, in order, without token values.</summary>
    public EventLog Events { get; }

    /// <summary>What was counted so far.</summary>
    public ProviderCounters Counters
    {
        get
        {
            lock (_gate)
            {
                return _counters;
            }
        }
    }

    /// <summary>Every family that was issued, oldest first.</summary>
    public IReadOnlyList<FamilyState> Families
    {
        get
        {
            lock (_gate)
            {
                return _families.ConvertAll(family => family.ToState());
            }
        }
    }

    /// <summary>Starts a new family: what a person gets who logs in.</summary>
    /// <param name="refreshToken">The refresh token's value; null means a new one.</param>
    /// <param name="withAccessToken">Also issues an access token, of generation 0.</param>
    /// <exception cref="ArgumentException">That refresh token was issued before.</exception>
    public Seed IssueSeed(string? refreshToken = null, bool withAccessToken = false)
    {
        lock (_gate)
        {
            if (refreshToken is not null && (refreshToken.Length == 0 || _refreshTokens.ContainsKey(refreshToken)))
            {
                throw new ArgumentException("The seed is empty or was issued before; choose another value.", nameof(refreshToken));
            }

            var family = new Family($"family-{_families.Count + 1}");
            var seed = Issue(family, parent: null, refreshToken);
            var access = withAccessToken ? IssueAccessToken(family) : null;
            _families.Add(family);
            Record(EventKind.Seeded, family);
            return new Seed(family.Id, seed.Value, access?.Value);
        }
    }

    /// <summary>The grant <c>refresh_token</c> (RFC 6749 §6).</summary>
    /// <param name="refreshToken">The refresh token, spent by this call if it is granted.</param>
    /// <param name="clientId">The client; a wrong one spends and revokes nothing.</param>
    /// <param name="clientSecret">Its secret.</param>
    /// <param name="keepRefreshToken">This once, answer without a refresh token and leave the old one alive.</param>
    public RotationResult Rotate(string refreshToken, string clientId, string clientSecret, bool keepRefreshToken = false)
    {
        lock (_gate)
        {
            if (!IsClient(clientId, clientSecret))
            {
                Count(_counters with { Refused = _counters.Refused + 1 });
                return new RotationResult.InvalidClient();
            }

            if (!_refreshTokens.TryGetValue(refreshToken, out var token))
            {
                return Refuse(null, "unknown refresh token");
            }

            var now = _time.GetUtcNow();
            if (!token.Family.Rotations.TryTake(now, Options.MaxRotationsPerWindow, Options.RateLimitWindow, out var retryAfter))
            {
                Count(_counters with { RateLimited = _counters.RateLimited + 1 });
                Record(EventKind.RateLimited, token.Family);
                return new RotationResult.RateLimited(retryAfter);
            }

            return Present(token, now, keepRefreshToken || !Options.RotateRefreshTokens);
        }
    }

    /// <summary>The grant <c>client_credentials</c> (RFC 6749 §4.4): an access token in the client's own name, and no refresh token.</summary>
    public RotationResult GrantToClient(string clientId, string clientSecret)
    {
        lock (_gate)
        {
            if (!IsClient(clientId, clientSecret))
            {
                Count(_counters with { Refused = _counters.Refused + 1 });
                return new RotationResult.InvalidClient();
            }

            if (Find(ClientFamily) is not { } family)
            {
                _families.Add(family = new Family(ClientFamily));
            }

            family.Generation++;
            Count(_counters with { Rotations = _counters.Rotations + 1 });
            Record(EventKind.Rotated, family);
            return new RotationResult.Granted(IssueAccessToken(family), null, null);
        }
    }

    /// <summary>The grant <c>authorization_code</c>: a new family, with its first pair.</summary>
    internal RotationResult.Granted BeginFamily(out string family)
    {
        lock (_gate)
        {
            var seed = IssueSeed(withAccessToken: true);
            family = seed.Family;
            var begun = Find(family)!;
            return new RotationResult.Granted(Check(seed.AccessToken)!, seed.RefreshToken, begun.Current.ExpiresAt);
        }
    }

    internal RotationResult.InvalidGrant RefuseLogin(string description)
    {
        lock (_gate)
        {
            return Refuse(null, description);
        }
    }

    /// <summary>Is this access token alive? Counted and rate limited, as the provider's validate endpoint is.</summary>
    public ValidationResult Validate(string accessToken)
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            if (!_validations.TryTake(now, Options.MaxValidationsPerWindow, Options.RateLimitWindow, out var retryAfter))
            {
                Count(_counters with { RateLimited = _counters.RateLimited + 1 });
                Record(EventKind.RateLimited, family: null);
                return new ValidationResult.RateLimited(retryAfter);
            }

            var token = Check(accessToken);
            Count(_counters with { Validations = _counters.Validations + 1 });
            Record(token is null ? EventKind.FoundInvalid : EventKind.FoundValid, token?.Family, token?.Generation ?? 0);
            return token is null ? new ValidationResult.Invalid() : new ValidationResult.Valid(token, token.ExpiresAt - now);
        }
    }

    /// <summary>The token, or null when it is unknown, expired or revoked. Counts nothing, takes no lock and allocates nothing.</summary>
    public IssuedAccessToken? Check(ReadOnlySpan<char> accessToken) =>
        _accessTokensBySpan.TryGetValue(accessToken, out var token) && token.IsAlive(_time.GetUtcNow()) ? token : null;

    /// <summary>Kills every token of a family, as an administrator would; false when there is no such family.</summary>
    public bool RevokeFamily(string family)
    {
        lock (_gate)
        {
            var found = Find(family);
            if (found is not null)
            {
                Revoke(found);
            }

            return found is not null;
        }
    }

    /// <summary>Kills a family's access tokens and leaves its refresh token alive; false when there is no such family.</summary>
    public bool InvalidateAccessTokens(string family)
    {
        lock (_gate)
        {
            var found = Find(family);
            found?.KillAccessTokens();
            return found is not null;
        }
    }

    /// <summary>Kills one access token; false when it was not issued here or is long dead.</summary>
    public bool InvalidateAccessToken(string accessToken)
    {
        var found = _accessTokens.TryGetValue(accessToken, out var token);
        token?.Kill();
        return found;
    }

    private RotationResult Present(RefreshToken token, DateTimeOffset now, bool keep)
    {
        token.Presented++;
        Count(_counters with { MostPresentationsOfOneRefreshToken = Math.Max(_counters.MostPresentationsOfOneRefreshToken, token.Presented) });
        if (token.IsSpent)
        {
            return token.MayBeRetried(now, Options.ReuseGrace) ? GrantInGrace(token, now) : RefuseReuse(token);
        }

        if (token.Family.IsRevoked)
        {
            return Refuse(token.Family, "refresh token revoked");
        }

        if (token.Family.RotatedAt + Options.MinRotationInterval > now)
        {
            Count(_counters with { RateLimited = _counters.RateLimited + 1 });
            Record(EventKind.RateLimited, token.Family);
            return new RotationResult.TooEarly();
        }

        return token.HasExpired(now) ? Refuse(token.Family, "refresh token expired") : Grant(token, now, keep, EventKind.Rotated);
    }

    private RotationResult.Granted GrantInGrace(RefreshToken token, DateTimeOffset now)
    {
        Count(_counters with { ReusesInGrace = _counters.ReusesInGrace + 1 });
        return Grant(token, now, keep: false, EventKind.ReusedInGrace);
    }

    private RotationResult.InvalidGrant RefuseReuse(RefreshToken token)
    {
        token.Family.Reuses++;
        Count(_counters with { Reuses = _counters.Reuses + 1 });
        Record(EventKind.Reused, token.Family, token.Generation);
        if (Options.RevokeFamilyOnReuse)
        {
            Revoke(token.Family);
        }

        return Refuse(token.Family, "refresh token already used");
    }

    private RotationResult.Granted Grant(RefreshToken token, DateTimeOffset now, bool keep, EventKind kind)
    {
        var family = token.Family;
        token.Rotations++;
        family.Generation++;
        family.RotatedAt = now;
        Count(_counters with
        {
            Rotations = _counters.Rotations + 1,
            MostRotationsOfOneRefreshToken = Math.Max(_counters.MostRotationsOfOneRefreshToken, token.Rotations),
        });
        if (Options.KillOldAccessTokenOnRotation)
        {
            family.KillAccessTokens();
        }

        var successor = token;
        if (!keep)
        {
            family.Current.SpentAt ??= now;
            token.SpentAt ??= now;
            successor = Issue(family, token, value: null);
        }

        Record(kind, family);
        return new RotationResult.Granted(IssueAccessToken(family), keep ? null : successor.Value, successor.ExpiresAt);
    }

    private RefreshToken Issue(Family family, RefreshToken? parent, string? value)
    {
        var expiresAt = _time.GetUtcNow() + Options.RefreshTokenLifetime;
        var token = new RefreshToken(value ?? _newToken(), family, family.Generation, parent, expiresAt);
        _refreshTokens.Add(token.Value, token);
        family.Current = token;
        return token;
    }

    private IssuedAccessToken IssueAccessToken(Family family)
    {
        var now = _time.GetUtcNow();
        var token = new IssuedAccessToken(_newToken(), family.Id, family.Generation, now, Options.AccessTokenLifetime);
        foreach (var dead in family.Keep(token, now))
        {
            _accessTokens.TryRemove(dead.Value, out _);
        }

        return _accessTokens.TryAdd(token.Value, token)
            ? token
            : throw new InvalidOperationException("The source of tokens gave the same value twice.");
    }

    private RotationResult.InvalidGrant Refuse(Family? family, string description)
    {
        Count(_counters with { Refused = _counters.Refused + 1 });
        Record(EventKind.Refused, family);
        return new RotationResult.InvalidGrant(description);
    }

    private void Revoke(Family family)
    {
        if (!family.IsRevoked)
        {
            family.IsRevoked = true;
            family.KillAccessTokens();
            Record(EventKind.FamilyRevoked, family);
        }
    }

    internal bool IsClient(string id, string secret) =>
        string.Equals(id, Options.ClientId, StringComparison.Ordinal) && string.Equals(secret, Options.ClientSecret, StringComparison.Ordinal);

    private Family? Find(string id) => _families.Find(family => string.Equals(family.Id, id, StringComparison.Ordinal));

    private void Count(ProviderCounters counters) => _counters = counters;

    private void Record(EventKind kind, Family? family) => Record(kind, family?.Id, family?.Generation ?? 0);

    private void Record(EventKind kind, Family family, int generation) => Record(kind, family.Id, generation);

    private void Record(EventKind kind, string? family, int generation) => Events.Add(kind, family, generation);
}
