namespace TokenGateway.Tokens;

/// <summary>What a request gets: a token that may be sent, or the reason why there is none. A failure here is a state of the world, not a bug: nothing is thrown.</summary>
public sealed class TokenResult
{
    private TokenResult(AccessToken? token, TokenFailure? failure)
    {
        Token = token;
        Failure = failure;
    }

    /// <summary>The token; null exactly when <see cref="Failure"/> is set.</summary>
    public AccessToken? Token { get; }

    /// <summary>Why there is no token.</summary>
    public TokenFailure? Failure { get; }

    /// <summary>There is a token.</summary>
    public static TokenResult Success(AccessToken token) => new(token, null);

    /// <summary>There is none.</summary>
    public static TokenResult Fail(TokenFailure failure) => new(null, failure);
}

/// <summary>Why a credential has no usable token.</summary>
/// <param name="Credential">The credential's name in the configuration.</param>
/// <param name="Code">The kind of failure.</param>
/// <param name="Message">One sentence for a person: what is wrong and what helps. Holds no secret.</param>
/// <param name="RetryAfter">When asking again may help; null when waiting alone does not.</param>
public sealed record TokenFailure(string Credential, TokenFailureCode Code, string Message, TimeSpan? RetryAfter);

/// <summary>The kinds of failure, as they appear in <c>TokenGateway-Error</c> and in problem details (in snake case).</summary>
public enum TokenFailureCode
{
    /// <summary>No live token yet: loading, rotating, or the provider is away. Waiting helps.</summary>
    TokenUnavailable,

    /// <summary>The token is dead and the store cannot be reached, so that no rotation may begin. Waiting helps.</summary>
    StoreUnavailable,

    /// <summary>A refresh token may have been spent without an answer; its patience is running. Waiting helps.</summary>
    RotationInDoubt,

    /// <summary>The refresh token is dead: a person must log in and reseed. Waiting does not help.</summary>
    ReauthorizationRequired,
}
