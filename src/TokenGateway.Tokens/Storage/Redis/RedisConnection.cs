using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>The shared multiplexer: it reconnects and subscribes again by itself, and fails at once while there is no connection.</summary>
internal sealed partial class RedisConnection(ConfigurationOptions options, TimeSpan operationTimeout, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly TaskCompletionSource<IConnectionMultiplexer> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ConnectionMultiplexer? _multiplexer;

    /// <inheritdoc cref="ITokenStore.Reconnected" />
    public event Action? Reconnected;

    /// <summary>The multiplexer, once <see cref="OpenAsync"/> has made it.</summary>
    public Task<IConnectionMultiplexer> Multiplexer => _opened.Task;

    /// <summary>Connects, or begins to try if the server is away.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        _multiplexer = await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(cancellationToken);
        _multiplexer.ConnectionFailed += (_, failure) => Log.Lost(logger, failure.EndPoint?.ToString(), failure.ConnectionType, failure.FailureType);
        _multiplexer.ConnectionRestored += (_, restored) =>
        {
            Log.Restored(logger, restored.EndPoint?.ToString(), restored.ConnectionType);
            Reconnected?.Invoke();
        };

        // A failover to a server that was connected all along restores no connection.
        _multiplexer.ConfigurationChanged += (_, _) => Reconnected?.Invoke();
        _opened.TrySetResult(_multiplexer);
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

    public async ValueTask DisposeAsync()
    {
        if (_multiplexer is not null)
        {
            await _multiplexer.DisposeAsync();
        }
    }

    private ConnectionMultiplexer Opened => _multiplexer ?? throw new InvalidOperationException("StartAsync has not been called.");

    private static partial class Log
    {
        [LoggerMessage(EventIds.RedisConnectionLost, LogLevel.Warning, "The {Kind} connection to Redis at {Server} was lost or refused ({Reason}); it is tried again.")]
        public static partial void Lost(ILogger logger, string? server, ConnectionType kind, ConnectionFailureType reason);

        [LoggerMessage(EventIds.RedisConnectionRestored, LogLevel.Information, "The {Kind} connection to Redis at {Server} is back.")]
        public static partial void Restored(ILogger logger, string? server, ConnectionType kind);
    }
}
