namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// Names for what can go wrong on the way, from a closed set. An exception's own message is never used: for an answer that is not
/// HTTP it quotes what was received, which may be a token.
/// </summary>
internal static class TransportReason
{
    public const string DeadlinePassed = "deadline_passed";
    public const string ClientSecretUnavailable = "client_secret_unavailable";
    public const string Timeout = "timeout";
    public const string Shutdown = "shutdown";
    public const string ConnectionLost = "connection_lost";
    public const string Unreadable = "unreadable_answer";

    /// <summary>Why nothing was sent.</summary>
    public static string BeforeSending(Exception exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "name_resolution_failed",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "connect_failed",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "tls_failed",
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } => "proxy_failed",
        OperationCanceledException => "connect_timeout",
        _ => "not_sent",
    };

    /// <summary>Why no answer came after the body may have been sent.</summary>
    public static string AfterSending(Exception exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => Unreadable,
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => Unreadable,
        _ => ConnectionLost,
    };

    /// <summary>Why a call that may be repeated gave nothing.</summary>
    public static string OfCall(Exception exception) =>
        BeforeSending(exception) is var reason and not "not_sent" ? reason : AfterSending(exception);
}
