using StackExchange.Redis;

namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>The Sentinels that watch the primary, over connections of their own: those that the client finds the primary by are not to be had.</summary>
internal sealed class RedisSentinels(ConfigurationOptions options) : IAsyncDisposable
{
    private ConnectionMultiplexer? _connection;
    private int _last;

    public async Task OpenAsync() => _connection = await ConnectionMultiplexer.SentinelConnectAsync(options.Clone());

    /// <summary>
    /// How many replicas they may make a primary of: all that they have not found to be down. Where no Sentinel answers, what one said last; a failover may be
    /// going on behind a cut network.
    /// </summary>
    public async Task<int> CountReplicasAsync()
    {
        var questions = (_connection?.GetServers() ?? []).Where(server => server.IsConnected).Select(CountReplicasAsync).ToList();
        await foreach (var answer in Task.WhenEach(questions))
        {
            if (await answer is { } replicas)
            {
                _last = replicas;
                break;
            }
        }

        return _last;
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    private async Task<int?> CountReplicasAsync(IServer sentinel)
    {
        try
        {
            var replicas = await sentinel.SentinelReplicasAsync(options.ServiceName!);
            return replicas.Count(replica => !Flags(replica).Contains("s_down"));
        }
        catch (Exception exception) when (RedisFailures.IsFailure(exception))
        {
            return null;
        }
    }

    private static string[] Flags(KeyValuePair<string, string>[] replica) => replica.FirstOrDefault(field => field.Key == "flags").Value?.Split(',') ?? [];
}
