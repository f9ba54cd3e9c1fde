using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>
/// Multiplexers, which reconnect by themselves and fail at once while there is no connection: one that everything shares and that subscribes again, one for
/// durable writes, each of which blocks its connection, and where there are Sentinels one to them.
/// </summary>
internal sealed partial class RedisConnection(
    ConfigurationOptions options,
    RedisSentinels? sentinels,
    RedisDurableWrites writes,
    RedisExamination examination,
    TimeSpan operationTimeout,
    TimeProvider time,
    ILogger logger)
    : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, RedisDurability> _told = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<IConnectionMultiplexer> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ConnectionMultiplexer? _multiplexer;
    private ConnectionMultiplexer? _durable;

    /// <inheritdoc cref="ITokenStore.Reconnected" />
    public event Action? Reconnected;

    /// <summary>The multiplexer, once <see cref="OpenAsync"/> has made it.</summary>
    public Task<IConnectionMultiplexer> Multiplexer => _opened.Task;

    /// <summary>Connects, or begins to try if the server is away.</summary>
    /// <exception cref="StoreUnavailableException">A server that is there must not keep refresh tokens.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var shared = ConnectionMultiplexer.ConnectAsync(options);
        var watching = sentinels?.OpenAsync() ?? Task.CompletedTask;
        _durable = await ConnectionMultiplexer.ConnectAsync(options.Clone()).WaitAsync(cancellationToken);
        _multiplexer = await shared.WaitAsync(cancellationToken);
        await watching.WaitAsync(cancellationToken);
        _multiplexer.ConnectionFailed += (_, failure) => RedisConnectionLog.Lost(logger, failure.EndPoint?.ToString(), failure.ConnectionType, failure.FailureType);
        _multiplexer.ConnectionRestored += (_, restored) =>
        {
            RedisConnectionLog.Restored(logger, restored.EndPoint?.ToString(), restored.ConnectionType);
            OnReconnected();
        };

        // A failover to a server that was connected all along restores no connection.
        _multiplexer.ConfigurationChanged += (_, _) => OnReconnected();
        _opened.TrySetResult(_multiplexer);
        if ((await ExamineAsync(cancellationToken)).Select(server => server.Refusal).FirstOrDefault(refusal => refusal is not null) is { } refused)
        {
            throw new StoreUnavailableException(refused);
        }
    }

    /// <summary>How durable the servers are that take writes, as far as they can be reached; and logs what is not as it was when it was last asked.</summary>
    public async Task<IReadOnlyList<RedisDurability>> ExamineAsync(CancellationToken cancellationToken)
    {
        var examined = new List<RedisDurability>();
        foreach (var server in Opened.GetServers().Where(server => server is { IsConnected: true, IsReplica: false } && server.ServerType != ServerType.Sentinel))
        {
            try
            {
                var durability = (await examination.AskAsync(server).WaitAsync(operationTimeout, time, cancellationToken)).Durability;
                examined.Add(durability);
                Tell(durability);
            }
            catch (Exception exception) when (RedisFailures.IsFailure(exception) || exception is ObjectDisposedException)
            {
                // It has gone again; its next connection, or the next write to it, asks again.
            }
        }

        return examined;
    }

    /// <summary>Subscribes now or, while the server is away, as soon as it is back.</summary>
    public async Task SubscribeAsync(string channel, Action<ReadOnlyMemory<byte>> handler, CancellationToken cancellationToken)
    {
        try
        {
            await Opened.GetSubscriber()
                .SubscribeAsync(RedisChannel.Literal(channel), (_, message) => handler((ReadOnlyMemory<byte>)message))
                .WaitAsync(operationTimeout, time, cancellationToken);
        }
        catch (Exception exception) when (RedisFailures.IsFailure(exception))
        {
            // The subscription is registered all the same, and sent on every new connection.
        }
    }

    /// <summary>Runs a script, or a command, on the server that takes writes.</summary>
    /// <exception cref="StoreUnavailableException">There was no answer, or not a good one.</exception>
    public async Task<T> CallAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await call(Opened.GetDatabase()).WaitAsync(operationTimeout, time, cancellationToken);
        }
        catch (Exception exception) when (RedisFailures.IsFailure(exception))
        {
            throw RedisFailures.Translate(exception, operationTimeout);
        }
    }

    /// <summary>Runs a script that writes, and waits until the write is as durable as it is meant to be.</summary>
    /// <exception cref="StoreUnavailableException">There was no answer, or not a good one; or the write is not known to be kept.</exception>
    public async Task<RedisResult> WriteAsync(
        string script, RedisKey[] keys, RedisValue[] values, Func<RedisResult, bool> hasWritten, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var durable = _durable ?? throw new InvalidOperationException("StartAsync has not been called.");
        try
        {
            return await writes.RunAsync(durable, script, keys, values, hasWritten, cancellationToken);
        }
        catch (Exception exception) when (RedisFailures.IsFailure(exception))
        {
            throw RedisFailures.Translate(exception, operationTimeout);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_durable is not null)
        {
            await _durable.DisposeAsync();
        }

        if (_multiplexer is not null)
        {
            await _multiplexer.DisposeAsync();
        }

        if (sentinels is not null)
        {
            await sentinels.DisposeAsync();
        }
    }

    private ConnectionMultiplexer Opened => _multiplexer ?? throw new InvalidOperationException("StartAsync has not been called.");

    private void OnReconnected()
    {
        Reconnected?.Invoke();
        _ = ExamineAsync(CancellationToken.None);
    }

    private void Tell(RedisDurability durability)
    {
        if (_told.TryGetValue(durability.Server, out var told) && told.Findings.SequenceEqual(durability.Findings))
        {
            return;
        }

        _told[durability.Server] = durability;
        foreach (var finding in durability.Findings)
        {
            RedisConnectionLog.Finding(logger, finding.Severity == RedisFindingSeverity.Error ? LogLevel.Error : LogLevel.Warning, finding.Sentence);
        }
    }

    private static partial class RedisConnectionLog
    {
        [LoggerMessage(EventId = EventIds.RedisDurabilityFinding, Message = "{Finding}")]
        public static partial void Finding(ILogger logger, LogLevel level, string finding);

        [LoggerMessage(EventIds.RedisConnectionLost, LogLevel.Warning, "The {Kind} connection to Redis at {Server} was lost or refused ({Reason}); it is tried again.")]
        public static partial void Lost(ILogger logger, string? server, ConnectionType kind, ConnectionFailureType reason);

        [LoggerMessage(EventIds.RedisConnectionRestored, LogLevel.Information, "The {Kind} connection to Redis at {Server} is back.")]
        public static partial void Restored(ILogger logger, string? server, ConnectionType kind);
    }
}
