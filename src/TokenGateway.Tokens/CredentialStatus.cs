namespace TokenGateway.Tokens;

/// <summary>A credential as one process sees it, without secrets.</summary>
public sealed record CredentialStatus
{
    /// <summary>The name in the configuration.</summary>
    public required string Name { get; init; }

    /// <summary>How it gets its access tokens.</summary>
    public GrantType Grant { get; init; }

    /// <summary>What it is doing.</summary>
    public required CredentialState State { get; init; }

    /// <summary>True while an access token can be sent.</summary>
    public required bool Usable { get; init; }

    /// <summary>True once the first load from the store has been tried, whatever came of it.</summary>
    public required bool Loaded { get; init; }

    /// <summary>True when the gateway is not ready without this credential.</summary>
    public required bool RequiredForReadiness { get; init; }

    /// <summary>True where a person can log in through this process (<c>AuthorizationEndpoint</c>).</summary>
    public bool OffersLogin { get; init; }

    /// <summary>How often the family has been rotated; 0 for a seed.</summary>
    public long Generation { get; init; }

    /// <summary>When this generation began; after a seed, when the access token in use was issued.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>When the access token dies.</summary>
    public DateTimeOffset? AccessTokenExpiresAt { get; init; }

    /// <summary>When the refresh token dies, where the provider says so.</summary>
    public DateTimeOffset? RefreshTokenExpiresAt { get; init; }

    /// <summary>From when on the clock asks for a rotation; null where there is no access token. It stays where it is while attempts fail.</summary>
    public DateTimeOffset? RefreshWindowStartsAt { get; init; }

    /// <summary>When this process means to rotate next.</summary>
    public DateTimeOffset? NextRotationAt { get; init; }

    /// <summary>The last rotation that this process knows of.</summary>
    public RotationReport? LastRotation { get; init; }

    /// <summary>The last validation that this process knows of.</summary>
    public ValidationReport? LastValidation { get; init; }

    /// <summary>The last verdicts that this process has asked for or taken over from a peer, newest first, 20 at most. They are in memory: a restart forgets them.</summary>
    public IReadOnlyList<ValidationReport> Validations { get; init; } = [];

    /// <summary>The first 8 hexadecimal digits of the access token's SHA-256.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>What there is to fall back to when the refresh token dies; null when there is nothing.</summary>
    public StandbyReport? Standby { get; init; }

    /// <summary>
    /// The shape of a token response that arrived, could not be understood and is kept until its doubt ends: status, content type, length, and the names and types of its fields, never a
    /// value. Null where none is kept here.
    /// </summary>
    public string? KeptResponse { get; init; }

    /// <summary>Why the store gives no record of the credential; null while it does.</summary>
    public StoreObstacle? Obstacle { get; init; }

    /// <summary>What is wrong and what helps, in one sentence without secrets; null when all is well.</summary>
    public string? Problem { get; init; }

    /// <summary>What a person should do in this state, in one or two sentences; also where that is nothing.</summary>
    public string Action { get; init; } = "";
}

/// <summary>What a credential is doing, as operators see it.</summary>
public enum CredentialState
{
    /// <summary>Neither the store nor the configuration has given a refresh token yet.</summary>
    Unseeded,

    /// <summary>A refresh token is held and nothing is wrong with it.</summary>
    Active,

    /// <summary>Someone in the fleet is spending the refresh token at this moment.</summary>
    Rotating,

    /// <summary>A refresh token may have been spent without its answer being kept.</summary>
    InDoubt,

    /// <summary>The refresh token is dead: someone must log in and reseed.</summary>
    ReauthorizationRequired,
}

/// <summary>Why a store gives no record.</summary>
public enum StoreObstacle
{
    /// <summary>It cannot be reached.</summary>
    Unreachable,

    /// <summary>Its record cannot be read: another encryption key wrote it, or it is damaged.</summary>
    Unreadable,
}

/// <summary>How a rotation ended.</summary>
public enum RotationOutcome
{
    /// <summary>A new pair was received and stored.</summary>
    Rotated,

    /// <summary>The request was never sent; nothing is spent.</summary>
    NotSent,

    /// <summary>The provider refused without spending the refresh token.</summary>
    Refused,

    /// <summary>The provider says that the refresh token is dead (RFC 6749 §5.2 <c>invalid_grant</c>).</summary>
    Rejected,

    /// <summary>The refresh token may be spent: the answer was lost or unreadable.</summary>
    InDoubt,

    /// <summary>The store could not be reached, so that nothing was begun.</summary>
    StoreUnavailable,

    /// <summary>Another replica rotates, or has just done so; its token was taken over.</summary>
    TakenOver,

    /// <summary>Not allowed now: <c>MinRefreshInterval</c>, a patience that still runs, or a dead refresh token.</summary>
    Forbidden,
}

/// <summary>One rotation, as history and status show it.</summary>
/// <param name="At">When it began.</param>
/// <param name="By">The replica that did it.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Duration">From the lease to the end.</param>
/// <param name="Error">What went wrong, without secrets; null when nothing did.</param>
/// <param name="Generation">The generation that it made, or tried to.</param>
public sealed record RotationReport(DateTimeOffset At, string By, RotationOutcome Outcome, TimeSpan Duration, string? Error, long Generation);

/// <summary>The verdicts of a validate endpoint.</summary>
public enum ValidationVerdict
{
    /// <summary>The endpoint vouches for the token.</summary>
    Valid,

    /// <summary>The endpoint says that the token is dead.</summary>
    Invalid,

    /// <summary>No verdict: timeout, 5xx, rate limit, or an answer that cannot be read.</summary>
    Unknown,
}

/// <summary>One validation.</summary>
/// <param name="At">When the validate endpoint was asked.</param>
/// <param name="Verdict">What it said.</param>
/// <param name="Error">Why the verdict is not valid, without secrets; null when it is, or where another replica asked.</param>
/// <param name="By">The replica that asked; null where nobody could.</param>
/// <param name="Generation">The generation of the token that was asked about; null where nobody could ask.</param>
public sealed record ValidationReport(DateTimeOffset At, ValidationVerdict Verdict, string? Error = null, string? By = null, long? Generation = null);

/// <summary>A second refresh token, to fall back to.</summary>
/// <param name="Since">Since when it has been lying there unused; null when nobody knows. An old one may have died.</param>
public sealed record StandbyReport(DateTimeOffset? Since);

/// <summary>Who may rotate at this moment.</summary>
public sealed record LeaseReport(string Owner, DateTimeOffset ExpiresAt);

/// <summary>A status with what only the store knows.</summary>
/// <param name="Status">What this process sees.</param>
/// <param name="Lease">The holder of the rotation lease, if anyone.</param>
/// <param name="History">The fleet's last rotations, newest first, 50 at most.</param>
public sealed record CredentialReport(CredentialStatus Status, LeaseReport? Lease, IReadOnlyList<RotationReport> History);

/// <summary>How a reseed ended.</summary>
public enum ReseedOutcome
{
    /// <summary>The provider has exchanged it; its successor is stored, or on its way to the store.</summary>
    Accepted,

    /// <summary>It was spent or handed over before, so it was not sent.</summary>
    SeedSpent,

    /// <summary>A rotation whose answer may still come is in the way. Nothing was changed.</summary>
    RotationInProgress,

    /// <summary>The provider refused it. The pair before it is in use, where there was one.</summary>
    SeedRefused,

    /// <summary>The store could not be reached.</summary>
    StoreUnavailable,

    /// <summary>It is stored, and the provider could not be reached or put it off; it is tried again.</summary>
    ProviderUnavailable,

    /// <summary>It was sent and its answer was lost.</summary>
    InDoubt,

    /// <summary>The credential has no refresh token that another could replace (<see cref="GrantType.ClientCredentials"/>). Nothing was changed.</summary>
    NoRefreshToken,
}

/// <summary>What became of a reseed.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">What happened and what helps, without secrets; null when all went well.</param>
public sealed record ReseedReport(ReseedOutcome Outcome, string? Detail);
