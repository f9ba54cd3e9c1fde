using Microsoft.Extensions.Logging.Console;

namespace TokenGateway.Hosting;

/// <summary>The process's log: the console, a line for each event, by the section <c>Logging</c>.</summary>
internal static class Logs
{
    public static void Configure(ILoggingBuilder logging, IConfiguration root)
    {
        // What a sidecar's reader wants by default; the section comes after these and so wins.
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning).AddFilter("Yarp", LogLevel.Warning);
        // While this logger is on, ASP.NET Core makes an Activity for each request and YARP sends it on as a trace header, whether anybody traces or not. Who wants it names it in full.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddConfiguration(root.GetSection("Logging"));
        logging.AddSimpleConsole(Format);
    }

    private static void Format(SimpleConsoleFormatterOptions console)
    {
        console.SingleLine = true;
        console.UseUtcTimestamp = true;
        console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
    }
}
