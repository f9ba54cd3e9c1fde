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
    private readonly List<Family> _families = [];
    private readonly IssuedTokens _tokens;
    private readonly SlidingWindow _validations = new();
    private readonly TimeProvider _time;
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
        _tokens = new IssuedTokens(time, newToken ?? (() => RandomNumberGenerator.GetHexString(40, lowercase: true)));
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
            if (refreshToken is not null && (refreshToken.Length == 0 || _tokens.FindRefreshToken(refreshToken) is not null))
            {
                throw new ArgumentException("The seed is empty or was issued before; choose another value.", nameof(refreshToken));
            }

            var family = new Family($"family-{_families.Count + 1}");
            var seed = _tokens.Issue(family, parent: null, Options, refreshToken);
            var access = withAccessToken ? _tokens.IssueAccessToken(family, Options) : null;
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
                return RefuseClient();
            }

            if (_tokens.FindRefreshToken(refreshToken) is not { } token)
            {
                return Refuse(null, "unknown refresh token");
            }

            var now = _time.GetUtcNow();
            if (!token.Family.Rotations.TryTake(now, Options.MaxRotationsPerWindow, Options.RateLimitWindow, out var retryAfter))
            {
                RecordRateLimit(token.Family);
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
                return RefuseClient();
            }

            if (Find(ClientFamily) is not { } family)
            {
                _families.Add(family = new Family(ClientFamily));
            }

            family.Generation++;
            Count(_counters with { Rotations = _counters.Rotations + 1 });
            Record(EventKind.Rotated, family);
            return new RotationResult.Granted(_tokens.IssueAccessToken(family, Options), null, null);
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
                RecordRateLimit(family: null);
                return new ValidationResult.RateLimited(retryAfter);
            }

            var token = Check(accessToken);
            Count(_counters with { Validations = _counters.Validations + 1 });
            Events.Add(token is null ? EventKind.FoundInvalid : EventKind.FoundValid, token?.Family, token?.Generation ?? 0);
            return token is null ? new ValidationResult.Invalid() : new ValidationResult.Valid(token, token.ExpiresAt - now);
        }
    }

    /// <summary>The token, or null when it is unknown, expired or revoked. Counts nothing, takes no lock and allocates nothing.</summary>
    public IssuedAccessToken? Check(ReadOnlySpan<char> accessToken) =>
        _tokens.FindAccessToken(accessToken) is { } token && token.IsAlive(_time.GetUtcNow()) ? token : null;

    /// <summary>Kills every token of a family, as an administrator would; false when there is no such family.</summary>
    public bool RevokeFamily(string family) => TryChange(family, Revoke);

    /// <summary>Kills a family's access tokens and leaves its refresh token alive; false when there is no such family.</summary>
    public bool InvalidateAccessTokens(string family) => TryChange(family, found => found.KillAccessTokens());

    /// <summary>Kills one access token; false when it was not issued here or is long dead.</summary>
    public bool InvalidateAccessToken(string accessToken)
    {
        var found = _tokens.FindAccessToken(accessToken);
        found?.Kill();
        return found is not null;
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
            RecordRateLimit(token.Family);
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
        Events.Add(EventKind.Reused, token.Family.Id, token.Generation);
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
            successor = _tokens.Issue(family, token, Options);
        }

        Record(kind, family);
        return new RotationResult.Granted(_tokens.IssueAccessToken(family, Options), keep ? null : successor.Value, successor.ExpiresAt);
    }

    private RotationResult.InvalidGrant Refuse(Family? family, string description)
    {
        Count(_counters with { Refused = _counters.Refused + 1 });
        Record(EventKind.Refused, family);
        return new RotationResult.InvalidGrant(description);
    }

    private RotationResult.InvalidClient RefuseClient()
    {
        Count(_counters with { Refused = _counters.Refused + 1 });
        return new RotationResult.InvalidClient();
    }

    private void RecordRateLimit(Family? family)
    {
        Count(_counters with { RateLimited = _counters.RateLimited + 1 });
        Record(EventKind.RateLimited, family);
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

    private bool TryChange(string family, Action<Family> change)
    {
        lock (_gate)
        {
            if (Find(family) is not { } found)
            {
                return false;
            }

            change(found);
            return true;
        }
    }

    private Family? Find(string id) => _families.Find(family => string.Equals(family.Id, id, StringComparison.Ordinal));

    private void Count(ProviderCounters counters) => _counters = counters;

    private void Record(EventKind kind, Family? family) => Events.Add(kind, family?.Id, family?.Generation ?? 0);
}
