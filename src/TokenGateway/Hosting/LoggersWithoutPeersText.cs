using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Hosting;

/// <summary>
/// The process's loggers, but for the text of exceptions that YARP meets while it talks to an upstream: where a response is not HTTP, it
/// quotes what was received, and an API that echoes its request sends the token. The kind of failure replaces it, from a closed set.
/// </summary>
internal sealed class LoggersWithoutPeersText(ILoggerFactory loggers) : ILoggerFactory
{
    private static readonly string[] Categories =
        ["Yarp.ReverseProxy.Forwarder", "Yarp.ReverseProxy.Health", "Yarp.ReverseProxy.WebSocketsTelemetry"];

    public ILogger CreateLogger(string categoryName) =>
        Array.Exists(Categories, category => categoryName.StartsWith(category, StringComparison.Ordinal))
            ? new Logger(loggers.CreateLogger(categoryName))
            : loggers.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

    public void Dispose()
    {
        // The loggers are the process's.
    }

    private sealed class Logger(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is null)
            {
                inner.Log(logLevel, eventId, state, null, formatter);
                return;
            }

            var reason = exception is HttpRequestException or IOException or OperationCanceledException
                ? TransportReason.OfCall(exception)
                : exception.GetType().Name;
            inner.Log(logLevel, eventId, state, null, (entry, _) => $"{formatter(entry, null)} ({reason})");
        }
    }
}
