namespace TokenGateway.Simulator;

/// <summary>How the simulated provider behaves. Immutable; it is exchanged as a whole while running.</summary>
public sealed record SimulatorOptions
{
    /// <summary>How long an access token lives; above zero. One hour by default. <c>expires_in</c> tells it in whole seconds, rounded down.</summary>
    public TimeSpan AccessTokenLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long an unspent refresh token lives; null (the default) means for ever.</summary>
    public TimeSpan? RefreshTokenLifetime { get; init; }

    /// <summary>The one client that may rotate.</summary>
    public string ClientId { get; init; } = "demo";

    /// <summary>That client's secret.</summary>
    public string ClientSecret { get; init; } = "demo-secret";

    /// <summary>False makes an RFC 6749 §6 provider of the other kind: an answer without a refresh token, the old one stays.</summary>
    public bool RotateRefreshTokens { get; init; } = true;

    /// <summary>
    /// How long after it was first spent the previous refresh token may be retried. Each retry gives a fresh successor and kills the
    /// successor that was given before. Zero (the default) means never.
    /// </summary>
    public TimeSpan ReuseGrace { get; init; }

    /// <summary>True (the default): a spent refresh token revokes every token of its family (RFC 9700 §4.14.2). False: it is merely refused.</summary>
    public bool RevokeFamilyOnReuse { get; init; } = true;

    /// <summary>True: a rotation kills the family's older access tokens at once. False (the default): they live on until they expire.</summary>
    public bool KillOldAccessTokenOnRotation { get; init; }

    /// <summary>How long the provider thinks before it acts on a token or validate call. Zero by default.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Rotations that one family may make per <see cref="RateLimitWindow"/>; null (the default) means any number.</summary>
    public int? MaxRotationsPerWindow { get; init; }

    /// <summary>Validations that all callers together may make per <see cref="RateLimitWindow"/>; null (the default) means any number.</summary>
    public int? MaxValidationsPerWindow { get; init; }

    /// <summary>The sliding window of both limits; above zero. One minute by default.</summary>
    public TimeSpan RateLimitWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether a token answer also holds <c>access_token_expiry</c> and <c>refresh_token_expiry</c>, in epoch milliseconds.</summary>
    public ExpiryFields ExpiryFields { get; init; }

    /// <summary>The HTTP status of <c>invalid_grant</c>: 400 (the default), or 403 or 200 as some providers have it.</summary>
    public int InvalidGrantStatus { get; init; } = 400;

    /// <summary>The code of a dead refresh token, in <c>error</c>: <c>invalid_grant</c>, or what some providers say instead.</summary>
    public string InvalidGrantError { get; init; } = "invalid_grant";

    /// <summary>The same once more in <c>reason</c>, where some providers put it; null (the default) leaves it out.</summary>
    public string? InvalidGrantReason { get; init; }

    /// <summary>Rotations of one family are at least this far apart; an earlier one is refused with 400 <c>access_denied</c>. Zero (the default) means none are refused.</summary>
    public TimeSpan MinRotationInterval { get; init; }

    /// <summary>Whether a token answer holds <c>expires_in</c> (the default).</summary>
    public bool TellsExpiresIn { get; init; } = true;

    /// <summary>Whether a token answer also holds <c>created_at</c>, in epoch seconds.</summary>
    public bool TellsCreatedAt { get; init; }

    /// <summary>The path of the token endpoint, which may hold <c>{token_type}</c>. Taken when it begins to listen.</summary>
    public string TokenPath { get; init; } = "/v1/oauth/token/{token_type}";

    /// <summary>The path of the validate endpoint. Taken when it begins to listen.</summary>
    public string ValidatePath { get; init; } = "/v1/oauth/token";

    /// <summary>The path of the introspection endpoint (RFC 7662). Taken when it begins to listen.</summary>
    public string IntrospectionPath { get; init; } = "/introspect";

    /// <summary>The bodies that the token endpoint reads.</summary>
    public AcceptedFormat AcceptedFormat { get; init; }

    /// <summary>The ways in which the client may prove itself at the token endpoint.</summary>
    public AcceptedClientAuthentication AcceptedClientAuthentication { get; init; }

    /// <summary>How a validation that finds the token alive tells what is left of its life.</summary>
    public ValidateSuccessShape ValidateSuccessShape { get; init; }

    /// <summary>How a failed validation looks.</summary>
    public ValidateFailureShape ValidateFailureShape { get; init; }

    /// <summary>The HTTP status of a failed validation, 200 to 599; 401 by default. <see cref="ValidateFailureShape.OkWithError"/> is always 200.</summary>
    public int ValidateFailureStatus { get; init; } = 401;

    /// <summary>Gives the options back if every value is within its bounds.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds; the message names it.</exception>
    public SimulatorOptions Checked()
    {
        Require(AccessTokenLifetime > TimeSpan.Zero, nameof(AccessTokenLifetime), "must be above zero");
        Require(!(RefreshTokenLifetime <= TimeSpan.Zero), nameof(RefreshTokenLifetime), "must be above zero, or empty for ever");
        Require(RateLimitWindow > TimeSpan.Zero, nameof(RateLimitWindow), "must be above zero");
        Require(ReuseGrace >= TimeSpan.Zero, nameof(ReuseGrace), "must not be negative");
        Require(MinRotationInterval >= TimeSpan.Zero, nameof(MinRotationInterval), "must not be negative");
        Require(TokenPath.StartsWith('/'), nameof(TokenPath), "must begin with a slash");
        Require(ValidatePath.StartsWith('/'), nameof(ValidatePath), "must begin with a slash");
        Require(IntrospectionPath.StartsWith('/'), nameof(IntrospectionPath), "must begin with a slash");
        Require(InvalidGrantError.Length > 0, nameof(InvalidGrantError), "must not be empty");
        Require(Latency >= TimeSpan.Zero, nameof(Latency), "must not be negative");
        Require(MaxRotationsPerWindow is null or >= 0, nameof(MaxRotationsPerWindow), "must not be negative");
        Require(MaxValidationsPerWindow is null or >= 0, nameof(MaxValidationsPerWindow), "must not be negative");
        Require(InvalidGrantStatus is 200 or (>= 400 and <= 599), nameof(InvalidGrantStatus), "must be 200 or a status from 400 to 599");
        Require(ValidateFailureStatus is >= 200 and <= 599, nameof(ValidateFailureStatus), "must be a status from 200 to 599");
        Require(ClientId.Length > 0, nameof(ClientId), "must not be empty");
        Require(ClientSecret.Length > 0, nameof(ClientSecret), "must not be empty");
        return this;
    }

    /// <summary>Names nothing but the type, because the options hold a secret.</summary>
    public override string ToString() => nameof(SimulatorOptions);

    private static void Require(bool holds, string name, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException($"{name} {rule}.", name);
        }
    }
}

/// <summary>The absolute expiry fields of a token answer.</summary>
public enum ExpiryFields
{
    /// <summary>None, as in the seed's sample.</summary>
    None,

    /// <summary>As JSON numbers.</summary>
    Numbers,

    /// <summary>As JSON strings of digits.</summary>
    Strings,
}

/// <summary>The documented shapes of a failed validation.</summary>
public enum ValidateFailureShape
{
    /// <summary><c>{"error":"invalid_token","error_description":"…"}</c>.</summary>
    OAuthError,

    /// <summary><c>{"success":0,"error_message_id":"auth.token_error"}</c>.</summary>
    SuccessZero,

    /// <summary>The OAuth error with status 200: only the body tells.</summary>
    OkWithError,
}

/// <summary>The bodies of a token call.</summary>
public enum AcceptedFormat
{
    /// <summary>JSON and forms.</summary>
    Any,

    /// <summary>JSON only.</summary>
    Json,

    /// <summary>Forms only, as RFC 6749 has it.</summary>
    Form,
}

/// <summary>How a client proves itself (RFC 6749 §2.3.1).</summary>
public enum AcceptedClientAuthentication
{
    /// <summary>Either way.</summary>
    Any,

    /// <summary>In the body only.</summary>
    Post,

    /// <summary>With HTTP Basic only.</summary>
    Basic,
}

/// <summary>The documented shapes of a successful validation.</summary>
public enum ValidateSuccessShape
{
    /// <summary>The token once more, and <c>expires_in</c> in milliseconds.</summary>
    Echo,

    /// <summary><c>expires_in_seconds</c> and <c>created_at</c>, without the token.</summary>
    TokenInfo,
}
