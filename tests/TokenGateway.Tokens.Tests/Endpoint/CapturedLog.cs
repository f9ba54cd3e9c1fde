using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TokenGateway.Tokens.Tests.Endpoint;

/// <summary>Keeps everything that is logged, at every level, with its values and exceptions.</summary>
internal sealed class CapturedLog : ILogger
{
    private readonly ConcurrentQueue<string> _entries = new();

    public string Text => string.Join('\n', _entries);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(", ", pairs) : "";
        _entries.Enqueue($"{eventId.Id} {logLevel} {formatter(state, exception)} {values} {exception}");
    }
}
