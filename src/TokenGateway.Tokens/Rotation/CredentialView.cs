using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Validation;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// What one process knows of a credential at one moment: immutable, replaced as a whole, read by requests and by operators without a lock.
/// </summary>
internal sealed record CredentialView
{
    /// <summary>The newest record that this process has seen or made.</summary>
    public CredentialRecord? Record { get; init; }

    /// <summary>True once the first load was tried.</summary>
    public bool Loaded { get; init; }

    /// <summary>The access token's expiry, corrected downwards by validation.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Drawn once per generation, so that replicas do not all come at once.</summary>
    public double Jitter { get; init; }

    /// <summary>True when this generation's access token was called dead, by the validate endpoint or by an upstream whose 401 counts.</summary>
    public bool FoundInvalid { get; init; }

    /// <summary>True when that was the validate endpoint's verdict, not only an upstream's 401: then the token is not sent any more.</summary>
    public bool InvalidByVerdict { get; init; }

    /// <summary>Generations in a row that were found invalid while they were fresh; 1 after one that was not.</summary>
    public int InvalidInARow { get; init; }

    /// <summary>True when an API refused this generation's access token, without a reason, while it was fresh.</summary>
    public bool WasRefusedFresh { get; init; }

    /// <summary>Validations in a row that gave no verdict.</summary>
    public int VerdictsMissedInARow { get; init; }

    /// <summary>True while an unknown verdict forbids the token (<c>OnError: Refuse</c>).</summary>
    public bool Withheld { get; init; }

    /// <summary>True while this process spends the refresh token, or waits for a peer that does.</summary>
    public bool Rotating { get; init; }

    /// <summary>True while memory is ahead of the store: a new pair whose commit has not been acknowledged.</summary>
    public bool Uncommitted { get; init; }

    /// <summary>True while the record is one that the journal kept, and no store has been met that knows the credential.</summary>
    public bool Replayed { get; init; }

    /// <summary>Nothing is sent or adopted before this moment of the monotonic clock: a store that had forgotten everything was filled again a moment ago.</summary>
    public TimeSpan QuietUntil { get; init; }

    /// <summary>Since when, on the monotonic clock, every poll has met the store; null while it does not. A failover in between may have hidden something.</summary>
    public TimeSpan? MetSince { get; init; }

    /// <summary>Why the store gives no record of the credential; null while it does, and before it was asked.</summary>
    public StoreObstacle? Obstacle { get; init; }

    /// <summary>True while the store could not be told how our last attempt ended, with a pair or without.</summary>
    public bool Untold { get; init; }

    /// <summary>Why the last step failed; null when it did not.</summary>
    public Setback? Setback { get; init; }

    /// <summary>The status, type and length of the response that left this generation's refresh token in doubt; null where none came, or nothing is in doubt.</summary>
    public string? LastResponse { get; init; }

    /// <summary>What is wrong with the configured seed; null when nothing is.</summary>
    public string? SeedProblem { get; init; }

    /// <summary>What the journal keeps from earlier processes and cannot be read; null where all could be.</summary>
    public string? ReplayProblem { get; init; }

    /// <summary>What was put right in the store lately; null where nothing was.</summary>
    public StoreRepair? Repair { get; init; }

    /// <summary>Why the journal cannot be written; null while it can.</summary>
    public string? JournalProblem { get; init; }

    public RotationReport? LastRotation { get; init; }

    public ValidationReport? LastValidation { get; init; }

    /// <summary>The last verdicts, newest first (<see cref="LastVerdicts"/>).</summary>
    public IReadOnlyList<ValidationReport> Validations { get; init; } = [];

    /// <summary>The store's clock minus ours, as last seen.</summary>
    public TimeSpan StoreOffset { get; init; }

    /// <summary>The highest fence seen: a store that forgot it gets it back.</summary>
    public long Fence { get; init; }

    /// <summary>Completes when a newer view has taken this one's place.</summary>
    public TaskCompletionSource Changed { get; init; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The view once this generation's access token is found dead.</summary>
    /// <param name="isFresh">So soon after its rotation that the next one is not even allowed yet: then something else than age is wrong with this provider's tokens.</param>
    public CredentialView Condemn(bool isFresh) => FoundInvalid ? this : this with { FoundInvalid = true, InvalidInARow = isFresh ? InvalidInARow + 1 : WasRefusedFresh ? Math.Max(1, InvalidInARow) : 1 };

    /// <summary>The view once an API has refused a fresh access token without saying why: the token is not condemned, but where the last one was, that has not helped, and the next rotation is further away.</summary>
    public CredentialView RefusedFresh() => WasRefusedFresh ? this : this with { WasRefusedFresh = true, InvalidInARow = InvalidInARow == 0 ? 0 : InvalidInARow + 1 };
}

/// <summary>A step that failed, in words that may be shown.</summary>
/// <param name="Code">What a request is told when there is no live token.</param>
/// <param name="Message">One sentence: what happened and what helps.</param>
/// <param name="RetryAt">When the next attempt is made, on the monotonic clock.</param>
internal sealed record Setback(TokenFailureCode Code, string Message, TimeSpan RetryAt);
