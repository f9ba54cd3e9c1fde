using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>All events that were logged.</summary>
internal sealed class LoggedEvents : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<int> _ids = new();
    private readonly ConcurrentQueue<string> _messages = new();

    public IReadOnlyCollection<int> Ids => _ids;

    /// <summary>As a console would show them.</summary>
    public IReadOnlyCollection<string> Messages => _messages;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _ids.Enqueue(eventId.Id);
        _messages.Enqueue($"{formatter(state, exception)} {exception}");
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
