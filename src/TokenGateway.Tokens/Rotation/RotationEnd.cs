using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Rotation;

/// <summary>How an attempt to rotate ended, for the agent that must decide what comes next.</summary>
internal abstract record RotationEnd
{
    private RotationEnd() { }

    /// <summary>
    /// What the provider said to people about it, fit to be shown (<see cref="ServerMessage"/>); null where it said nothing.
    /// </summary>
    public string? Said { get; init; }

    /// <summary>The pair is in memory, and in the store or on its way there.</summary>
    /// <param name="FoundAt">Where in the response it stood, if no setting names that place.</param>
    public sealed record Rotated(string? FoundAt) : RotationEnd;

    /// <summary>Somebody else has rotated: their record was taken over.</summary>
    public sealed record TakenOver : RotationEnd;

    /// <summary>Somebody else holds the lease for at most this long.</summary>
    public sealed record Busy(string Owner, TimeSpan AtMost) : RotationEnd;

    /// <summary>An attempt is in doubt, and its patience runs.</summary>
    public sealed record TooEarly : RotationEnd;

    /// <summary>The answer could not be kept on disk; there is still time to wait for one that can.</summary>
    public sealed record NoJournal : RotationEnd;

    /// <summary>Nothing is spent.</summary>
    public sealed record NotSent(string Reason) : RotationEnd;

    /// <summary>The provider refused; nothing is spent.</summary>
    /// <param name="Code">Its code.</param>
    /// <param name="RetryAfter">What it asked for.</param>
    /// <param name="Response">Its response's status, type and length; null where no refresh token was at stake.</param>
    public sealed record Refused(string Code, TimeSpan? RetryAfter, string? Response) : RotationEnd
    {
        /// <summary>The code, and what the provider said about it.</summary>
        public string Description => ServerMessage.Describe(Code, Said);

        /// <summary>True for an OAuth error that more of the same will not change; a rate limit and an outage (<c>UnspentStatuses</c>) pass by themselves.</summary>
        public bool IsVerdict => Code != OAuthError.RateLimited && !IsHttpStatus;

        /// <summary>True where the response had no code but its status.</summary>
        public bool IsHttpStatus => Code.StartsWith("http_", StringComparison.Ordinal);
    }

    /// <summary>The refresh token is dead.</summary>
    public sealed record Rejected(string Code) : RotationEnd
    {
        /// <inheritdoc cref="Refused.Description"/>
        public string Description => ServerMessage.Describe(Code, Said);
    }

    /// <summary>The refresh token may be spent.</summary>
    /// <param name="Reason">Why it is not known.</param>
    /// <param name="Response">The status, type and length of what came back; null where nothing did.</param>
    public sealed record InDoubt(string Reason, string? Response) : RotationEnd
    {
        /// <summary>The reason, and what the provider said about it.</summary>
        public string Description => ServerMessage.Describe(Reason, Said);
    }

    /// <summary>The token belongs to another token endpoint or client id than the configured ones.</summary>
    public sealed record WrongBinding : RotationEnd;
}
