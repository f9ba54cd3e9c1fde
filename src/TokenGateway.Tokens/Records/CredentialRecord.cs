namespace TokenGateway.Tokens.Records;

/// <summary>
/// All that the fleet knows of one credential. Immutable: every step of the protocol makes a new one, and only a
/// compare-and-set in the store makes it true (docs/rotation.md, "The record").
/// </summary>
internal sealed record CredentialRecord
{
    /// <summary>How many ancestors are remembered. Past that, the generation within the family decides.</summary>
    public const int MaxAncestors = 50;

    /// <summary>How many spent refresh tokens are remembered, so that none of them is taken for a new seed.</summary>
    public const int MaxSpent = 200;

    /// <summary>How many spare pairs are kept. A full list takes no further one: what is there may be in use by then.</summary>
    public const int MaxSpares = 8;

    /// <summary>How many attempts are remembered.</summary>
    public const int MaxAttempts = 20;

    private const string TakenOverPrefix = "taken_over_by:";

    public required string Credential { get; init; }

    /// <summary>A family starts at a seed; its refresh tokens live and die together at the provider.</summary>
    public required string Family { get; init; }

    /// <summary>Rotations since the seed.</summary>
    public required long Generation { get; init; }

    /// <summary>Random per rotation or adoption. Numbers do not identify a lineage, ids do.</summary>
    public required string Id { get; init; }

    /// <summary>The ids that this one came from, newest first.</summary>
    public IReadOnlyList<string> Ancestors { get; init; } = [];

    /// <summary>Raised by every write that keeps the id, so that of two announcements of one record the later one is known.</summary>
    public long Step { get; init; }

    /// <summary>SHA-256 of token endpoint and client id: to whom the refresh token may be sent.</summary>
    public required string Binding { get; init; }

    /// <summary>
    /// The <see cref="Binding"/> under which a token endpoint last granted something; null while none has. An endpoint that has never granted anything may be a wrong address.
    /// </summary>
    public string? AnsweredBinding { get; init; }

    /// <summary>Rotations begun and not known to have ended, oldest first.</summary>
    public IReadOnlyList<Attempt> Attempts { get; init; } = [];

    /// <summary>The provider's code when it called this refresh token dead; null while it has not.</summary>
    public string? Rejection { get; init; }

    /// <summary>True where <see cref="Rejection"/> is no word on the refresh token but a refusal that spent nothing and has lasted: the provider is asked again once an hour.</summary>
    public bool RejectionMayPass { get; init; }

    /// <summary>Fingerprints of the seeds that were ever adopted, newest first.</summary>
    public IReadOnlyList<string> AdoptedSeeds { get; init; } = [];

    /// <summary>The fingerprint of the last adopted seed, if the provider refused it and the pair before it came back.</summary>
    public string? RefusedSeed { get; init; }

    /// <summary>The fingerprint of the configured seed that an operator's reseed through the API has overtaken; null while the last seed was a configured one.</summary>
    public string? OvertakenSeed { get; init; }

    /// <summary>Fingerprints of refresh tokens that were exchanged for a successor, newest first.</summary>
    public IReadOnlyList<string> SpentTokens { get; init; } = [];

    /// <summary>Pairs that are not in use and may still be good, newest first.</summary>
    public IReadOnlyList<SparePair> Spares { get; init; } = [];

    /// <summary>When this generation began.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>When the intent was declared that made this generation, in the store's time: of two answers to one refresh token the later request's is the living one.</summary>
    public DateTimeOffset IntentAt { get; init; }

    /// <summary>
    /// When, in the store's time, this lineage was put into a store that had forgotten everything. Whoever knows better then has two poll intervals to say so, in
    /// which nobody sends or adopts anything.
    /// </summary>
    public DateTimeOffset FilledAt { get; init; }

    public DateTimeOffset AccessTokenExpiresAt { get; init; }

    public DateTimeOffset? RefreshTokenExpiresAt { get; init; }

    /// <summary>The replica that made this generation, and how long it took.</summary>
    public required string By { get; init; }

    public TimeSpan Took { get; init; }

    /// <summary>True while the access token, if any, is older than this generation: after a seed, or an answer that held a refresh token only.</summary>
    public bool NeedsAccessToken { get; init; }

    /// <summary>How many responses in a row brought a refresh token and no access token.</summary>
    public int TokenlessResponses { get; init; }

    /// <summary>The <c>token_type</c> of an access token that is no bearer token; null where it may be one.</summary>
    public string? ForeignTokenType { get; init; }

    public Secret? AccessToken { get; init; }

    public required Secret RefreshToken { get; init; }

    public required FingerprintKey Fingerprints { get; init; }

    /// <summary>Adds an attempt. A doubt that goes on for days keeps the first ones and the newest.</summary>
    public IReadOnlyList<Attempt> With(Attempt attempt) =>
        Attempts.Count < MaxAttempts ? [.. Attempts, attempt] : [Attempts[0], .. Attempts.Skip(Attempts.Count - MaxAttempts + 2), attempt];

    /// <summary>True for a seed that was adopted into an empty store, and has not had an answer yet.</summary>
    public bool WasBegunOnNothing => Generation == 0 && Ancestors.Count == 0;

    public RecordPhase Phase =>
        Rejection is not null ? RecordPhase.Quarantined
        : Attempts.Any(attempt => attempt.Doubtful) ? RecordPhase.InDoubt
        : Attempts.Count > 0 ? RecordPhase.InFlight
        : RecordPhase.Ready;

    /// <summary>True for a seed of which no exchange is known that may have spent it.</summary>
    public bool NeverSent => Generation == 0 && Attempts.Count == 0;

    /// <summary>The credential that has taken this record over (<c>FormerName</c>), which alone sends its refresh token from then on; null where none has.</summary>
    public string? TakenOverBy => Rejection?.StartsWith(TakenOverPrefix, StringComparison.Ordinal) == true ? Rejection[TakenOverPrefix.Length..] : null;

    /// <summary>False once the refresh token is known to be dead.</summary>
    public bool MayBeSent => Rejection is null || RejectionMayPass;

    /// <summary>True once the token endpoint and client of now have granted something.</summary>
    public bool EndpointIsProven => AnsweredBinding == Binding;

    /// <summary>How long the access token was meant to live; never zero, so that shares of it can be taken.</summary>
    public TimeSpan Lifetime =>
        AccessTokenExpiresAt > IssuedAt ? AccessTokenExpiresAt - IssuedAt : TimeSpan.FromMilliseconds(1);

    /// <summary>True when this refresh token was a seed or was exchanged: it must not be sent any more, unless it is the current one.</summary>
    public bool HasUsed(Secret refreshToken)
    {
        var fingerprint = Fingerprints.Of(refreshToken);
        return AdoptedSeeds.Contains(fingerprint, StringComparer.Ordinal) || SpentTokens.Contains(fingerprint, StringComparer.Ordinal);
    }

    /// <summary>True when this refresh token is in use here, laid aside here, or was exchanged here: it must not be another credential's seed.</summary>
    public bool HoldsOrHasSpent(Secret refreshToken) =>
        RefreshToken.Equals(refreshToken)
        || Spares.Any(spare => spare.RefreshToken.Equals(refreshToken))
        || (SpentTokens.Count > 0 && SpentTokens.Contains(Fingerprints.Of(refreshToken), StringComparer.Ordinal));

    /// <summary>This record once another credential has taken it over: nothing of it is sent under this name any more.</summary>
    public CredentialRecord HandedOverTo(string credential) => this with { Rejection = TakenOverPrefix + credential, RejectionMayPass = false, Step = Step + 1 };

    /// <summary>True when nothing has happened between the two. The step alone does not tell: a store that was rolled back counts it again.</summary>
    public bool IsSameStepAs(CredentialRecord other) =>
        Id == other.Id && Step == other.Step && Rejection == other.Rejection && Attempts.SequenceEqual(other.Attempts)
        && Spares.SequenceEqual(other.Spares);

    /// <summary>The ids that a record made from this one comes from.</summary>
    public IReadOnlyList<string> Lineage() => [Id, .. Ancestors.Take(MaxAncestors - 1)];
}

internal enum RecordPhase
{
    /// <summary>Nobody is spending the refresh token.</summary>
    Ready,

    /// <summary>Someone has declared the intent to send it.</summary>
    InFlight,

    /// <summary>It may be spent.</summary>
    InDoubt,

    /// <summary>The provider called it dead.</summary>
    Quarantined,
}

/// <summary>One declared intent to send the refresh token.</summary>
/// <param name="Id">Random.</param>
/// <param name="Owner">The replica and its boot.</param>
/// <param name="StartedAt">In the store's time.</param>
/// <param name="SendBy">In the store's time; the owner never begins to send after it.</param>
/// <param name="Doubtful">The owner itself said that it does not know what became of it.</param>
/// <param name="OnParent">
/// It sent the refresh token that this record's came from, after the request that brought this record: its answer, if there is one, may have made this token void.
/// </param>
internal sealed record Attempt(string Id, string Owner, DateTimeOffset StartedAt, DateTimeOffset SendBy, bool Doubtful, bool OnParent = false);
