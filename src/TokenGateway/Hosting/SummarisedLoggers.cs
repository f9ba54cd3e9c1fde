using System.Collections.Concurrent;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Hosting;

/// <summary>
/// Bounds the log while everything fails. Of warnings and errors of one kind about one credential, the first <see cref="Most"/> in each <see cref="Window"/> are written; the others are counted, and
/// their number is told when it ends. What is less than a warning passes.
/// </summary>
/// <param name="inner">Where entries go; not disposed here.</param>
/// <param name="time">The clock.</param>
internal sealed class SummarisedLoggers(ILoggerFactory inner, TimeProvider time) : ILoggerFactory
{
    public const int Most = 5;

    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>There are as many kinds as credentials times log statements; what exceeds this shares one count for each category.</summary>
    private const int MostKinds = 4096;

    private readonly ILoggerFactory _inner = inner;
    private readonly ConcurrentDictionary<(string Category, int Event, string? Credential), RepeatedEntry> _kinds = new();

    private readonly ConcurrentDictionary<string, Summarised> _loggers = new(StringComparer.Ordinal);

    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(categoryName, static (category, owner) => new Summarised(owner, category, owner._inner.CreateLogger(category)), this);

    public void AddProvider(ILoggerProvider provider) => _inner.AddProvider(provider);

    /// <summary>Tells what is counted and not told.</summary>
    public void Dispose()
    {
        foreach (var kind in _kinds.Values)
        {
            kind.Tell();
        }
    }

    private RepeatedEntry KindOf(string category, int @event, object? state, ILogger logger)
    {
        var key = _kinds.Count < MostKinds ? (category, @event, CredentialOf(state)) : (category, 0, null);
        return _kinds.GetOrAdd(key, static (_, made) => new RepeatedEntry(made.logger, made.time), (logger, time));
    }

    private static string? CredentialOf(object? state)
    {
        if (state is IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            for (var i = 0; i < values.Count; i++)
            {
                if (values[i].Key == "Credential")
                {
                    return values[i].Value?.ToString();
                }
            }
        }

        return null;
    }

    private sealed class Summarised(SummarisedLoggers owner, string category, ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel < LogLevel.Warning || !logger.IsEnabled(logLevel) || owner.KindOf(category, eventId.Id, state, logger).IsWritten(logLevel, eventId))
            {
                logger.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}

/// <summary>How often one kind of entry has come in the present window.</summary>
internal sealed partial class RepeatedEntry(ILogger logger, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _began;
    private int _count;
    private LogLevel _level;
    private string _name = "";
    private ITimer? _end;

    /// <summary>False where it is only counted.</summary>
    public bool IsWritten(LogLevel level, EventId id)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_count == 0 || (_end is null && time.GetElapsedTime(_began, now) >= SummarisedLoggers.Window))
            {
                (_began, _count) = (now, 0);
            }

            if (++_count <= SummarisedLoggers.Most)
            {
                return true;
            }

            (_level, _name) = (level, id.Name ?? id.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            _end ??= time.CreateTimer(static entry => ((RepeatedEntry)entry!).Tell(), this, SummarisedLoggers.Window - time.GetElapsedTime(_began, now), Timeout.InfiniteTimeSpan);
            return false;
        }
    }

    public void Tell()
    {
        int left;
        lock (_gate)
        {
            _end?.Dispose();
            _end = null;
            left = _count - SummarisedLoggers.Most;
            _count = 0;
        }

        if (left > 0)
        {
            RepeatedEntryLog.LeftOut(logger, _level, left, _name, SummarisedLoggers.Window.TotalSeconds);
        }
    }

    private static partial class RepeatedEntryLog
    {
        [LoggerMessage(EventId = EventIds.EntriesLeftOut, Message = "{Count} more entries like those before ({Name}) came within {Seconds} s and are left out")]
        public static partial void LeftOut(ILogger logger, LogLevel level, int count, string name, double seconds);
    }
}
