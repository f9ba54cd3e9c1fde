using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>The Sentinels that watch the primary, over connections of their own: those that the client finds the primary by are not to be had.</summary>
internal sealed class RedisSentinels(ConfigurationOptions options) : IAsyncDisposable
{
    private ConnectionMultiplexer? _connection;

    private string Name => options.ServiceName!;

    public async Task OpenAsync() => _connection = await ConnectionMultiplexer.SentinelConnectAsync(options.Clone());

    /// <summary>How many replicas they may make a primary of, in place of this one.</summary>
    /// <exception cref="StoreUnavailableException">They have, or none of them answers.</exception>
    public async Task<int> CountReplicasAsync(IServer primary)
    {
        var sentinels = _connection?.GetServers() ?? [];
        var answers = new List<Answer>();
        await foreach (var answer in Task.WhenEach(sentinels.Where(sentinel => sentinel.IsConnected).Select(AskAsync)))
        {
            if (await answer is { } given)
            {
                answers.Add(given);
            }

            if (IsMajority())
            {
                break;
            }
        }

        // One that was cut off may not know yet what the others have agreed on.
        var newest = answers.MaxBy(answer => answer.Epoch) ?? throw new StoreUnavailableException(
            "No Sentinel answers, so that nobody knows whether Redis is failing over: bring them back, or set TokenGateway:Store:MinReplicas.");
        if (!primary.EndPoint.Equals(newest.Primary))
        {
            throw new StoreUnavailableException($"Sentinel has made {newest.Primary} the primary of Redis in place of {primary.EndPoint}: it is tried again there.");
        }

        // What fewer see as down may stand on the other side of a cut network, where the others promote it.
        return answers.Max(answer => IsMajority() ? answer.Up : answer.Known);

        bool IsMajority() => answers.Count * 2 > sentinels.Length;
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }
    }

    private async Task<Answer?> AskAsync(IServer sentinel)
    {
        try
        {
            var address = sentinel.SentinelGetMasterAddressByNameAsync(Name);
            var primary = sentinel.SentinelMasterAsync(Name);
            var replicas = await sentinel.SentinelReplicasAsync(Name);
            return new Answer(
                await address,
                long.TryParse(Field(await primary, "config-epoch"), CultureInfo.InvariantCulture, out var epoch) ? epoch : 0,
                replicas.Length,
                replicas.Count(replica => Field(replica, "flags")?.Split(',').Contains("s_down") != true));
        }
        catch (Exception exception) when (RedisFailures.IsFailure(exception))
        {
            return null;
        }
    }

    private static string? Field(KeyValuePair<string, string>[] fields, string name) => fields.FirstOrDefault(field => field.Key == name).Value;

    /// <summary>What one Sentinel knows.</summary>
    /// <param name="Primary">Where it is.</param>
    /// <param name="Epoch">Grows with every failover.</param>
    /// <param name="Known">All replicas that it has ever met.</param>
    /// <param name="Up">Those that it has not found to be down.</param>
    private sealed record Answer(EndPoint? Primary, long Epoch, int Known, int Up);
}
