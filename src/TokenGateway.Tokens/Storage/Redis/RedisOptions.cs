using StackExchange.Redis;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>The configuration string with what the protocol relies on laid over it.</summary>
internal static class RedisOptions
{
    /// <exception cref="FormatException">TokenGateway:Store:Redis cannot be read. The message does not repeat it, for it may hold a password.</exception>
    public static ConfigurationOptions From(StoreSettings settings)
    {
        var options = Parse(settings.Redis);
        var timeout = (int)Math.Max(1, settings.OperationTimeout.TotalMilliseconds);
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.AsyncTimeout = timeout;
        options.SyncTimeout = timeout;
        options.ConnectTimeout = timeout;
        options.ConnectRetry = 1;
        options.KeepAlive = 5;
        options.ReconnectRetryPolicy = new LinearRetry(500);
        options.ClientName = "tokengateway";

        // The client counts INFO among the commands of an administrator.
        options.AllowAdmin = true;

        // The client notices a replica that somebody promoted by hand only when it looks, by default once a minute, and would go on
        // writing to a server that refuses.
        options.ConfigCheckSeconds = Math.Min(options.ConfigCheckSeconds, 5);

        // A prefix would be put before the channel that is subscribed to, but not before the one that a script publishes to.
        options.ChannelPrefix = default;

        // A key beside those of the prefix, through which anybody could tell the client which server to write to.
        options.TieBreaker = "";
        return options;
    }

    private static ConfigurationOptions Parse(Secret? configuration)
    {
        try
        {
            var options = ConfigurationOptions.Parse(configuration?.Reveal() ?? "");
            if (options.EndPoints.Count > 0)
            {
                return options;
            }
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            // Its message may repeat a part of the string.
        }

        throw new FormatException("TokenGateway:Store:Redis is not a StackExchange.Redis configuration string such as 'host:6379,user=…,password=…,ssl=true'.");
    }
}
