using StackExchange.Redis;

namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>
/// What a failure of the client or the server means for the person who runs the gateway. The client's own message is left out, and with it the
/// exception: a server repeats arguments that it does not understand, a password among them.
/// </summary>
internal static class RedisFailures
{
    private const string Setting = "TokenGateway:Store:Redis";

    public static bool IsFailure(Exception exception) => exception is RedisException or RedisCommandException or TimeoutException;

    public static StoreUnavailableException Translate(Exception exception, TimeSpan operationTimeout) => exception switch
    {
        RedisServerException server => new($"Redis refused the command ({Code(server)}): {Remedy(server.Kind)}"),
        RedisConnectionException connection => Unreachable(connection),
        TimeoutException => new(
            $"Redis did not answer within TokenGateway:Store:OperationTimeout ({operationTimeout}): check its load and the network, or allow more time."),
        _ => new($"Redis could not be asked, or its answer not be understood: check that {Setting} names a Redis 7.0 or later, or a Valkey."),
    };

    // While there is no connection, the reason why the last one failed stands one level below.
    private static StoreUnavailableException Unreachable(RedisConnectionException exception) =>
        ((exception.InnerException as RedisConnectionException) ?? exception).FailureType switch
        {
            ConnectionFailureType.AuthenticationFailure => new(
                // The client says the same of both.
                $"Redis did not accept the user or password, or its certificate is not one that this machine trusts for that host: check user, password, ssl and sslHost in {Setting}."),
            var reason => new($"Redis cannot be reached, or no server that takes writes ({reason}): check that one listens at the address in {Setting}."),
        };

    // The first word of an error is its code, in capitals; anything else may be an echo.
    private static string Code(RedisServerException exception)
    {
        var word = exception.Message.Split(' ', 2)[0];
        return word.All(letter => letter is (>= 'A' and <= 'Z') or '_') ? word : exception.Kind.ToString();
    }

    private static string Remedy(RedisErrorKind kind) => kind switch
    {
        RedisErrorKind.ReadOnly => $"the server is a read-only replica; {Setting} must name the primary, or the Sentinels or Cluster nodes that know it.",
        RedisErrorKind.OutOfMemory => "the server is out of memory; raise its maxmemory or remove other data.",
        RedisErrorKind.Loading => "the server is still loading its data; wait for it.",
        RedisErrorKind.NoAuth or RedisErrorKind.WrongPass => $"set the user and password in {Setting}.",
        RedisErrorKind.NoPermission => $"the user in {Setting} needs INFO, WAIT, WAITAOF, CLIENT, EVAL and the commands of the Lua scripts, the keys under TokenGateway:Store:KeyPrefix and its announce channel.",
        RedisErrorKind.Misconfigured => "the server cannot save to its disk; look into its log.",
        RedisErrorKind.ClusterDown or RedisErrorKind.MasterDown or RedisErrorKind.TryAgain => "the primary is away or moving; wait for the failover.",
        RedisErrorKind.NoReplicas => "the server has fewer replicas than its min-replicas-to-write; bring them back.",
        RedisErrorKind.Busy => "the server is busy with someone's long script; wait for it or stop it.",
        RedisErrorKind.MaxClients => "the server has too many clients; raise its maxclients.",
        _ => $"check that {Setting} names a Redis 7.0 or later, or a Valkey, and look into its log.",
    };
}
