namespace TokenGateway.Simulation.Provider;

/// <summary>What happens to one token call.</summary>
internal enum TokenCallFate
{
    Good,
    ConnectionRefused,
    ConnectTimeout,
    RequestLost,
    AnswerReset,
    AnswerNeverComes,
    AnswerCut,
    RateLimited,
    ErrorBefore,
    ErrorAfter,
    Redirect,
    Unreadable,
    KeepsRefreshToken,
    SlowRequest,
    SlowAnswer,
    Refused,
    ClientRefused,
}
