using Microsoft.Extensions.Logging.Abstractions;

namespace TokenGateway.Management;

/// <summary>The process's loggers, but for ASP.NET Core's lines on each request: they hold its whole address, and that of a login's answer holds the code.</summary>
internal sealed class LoggersWithoutAddresses(ILoggerFactory loggers) : ILoggerFactory
{
    private const string Requests = "Microsoft.AspNetCore.Hosting";

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith(Requests, StringComparison.Ordinal) ? NullLogger.Instance : loggers.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

    public void Dispose()
    {
        // The loggers are the process's.
    }
}
