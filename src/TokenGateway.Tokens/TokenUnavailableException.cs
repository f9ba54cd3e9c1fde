namespace TokenGateway.Tokens;

/// <summary>A request was not sent, because there is no token for it.</summary>
public sealed class TokenUnavailableException : Exception
{
    /// <summary>Wraps the failure that a token manager gave.</summary>
    public TokenUnavailableException(TokenFailure failure)
        : base(failure?.Message)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Failure = failure;
    }

    /// <summary>What is missing, and when asking again may help.</summary>
    public TokenFailure Failure { get; }

    /// <summary>The kind of failure.</summary>
    public TokenFailureCode Code => Failure.Code;

    /// <summary>When asking again may help; null when waiting alone does not.</summary>
    public TimeSpan? RetryAfter => Failure.RetryAfter;
}
