using TokenGateway.Configuration;
using TokenGateway.Proxy;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Hosting;

/// <summary>Reads the whole configuration, YARP's section included, and reports everything that is wrong with it at once.</summary>
internal static class ConfigurationCheck
{
    /// <param name="root">The root of the configuration.</param>
    /// <param name="commandLine">The settings that the command line gave, among which there must be no secret.</param>
    /// <exception cref="StartupException">Something is wrong; nothing has been opened.</exception>
    public static async Task<StartupSettings> ReadAsync(IConfiguration root, IEnumerable<string> commandLine)
    {
        var settings = StartupSettings.Read(root, commandLine);
        IReadOnlyList<string> others =
        [
            .. await ProxyConfigurationCheck.FindErrorsAsync(root, CredentialNames.Of(root)),
            .. await KestrelConfigurationCheck.FindErrorsAsync(root),
            .. LogLevelErrors(root),
        ];
        return others.Count == 0 && settings.Value is { } sound
            ? sound
            : throw new StartupException([.. settings.Errors.Select(error => error.ToString()), .. others]);
    }

    /// <summary>The framework stops at a level that it does not know.</summary>
    private static IEnumerable<string> LogLevelErrors(IConfiguration root) =>
        from setting in root.GetSection("Logging").AsEnumerable()
        where setting.Key.Contains(":LogLevel:", StringComparison.OrdinalIgnoreCase) && !string.IsNullOrEmpty(setting.Value) && !Enum.TryParse<LogLevel>(setting.Value, ignoreCase: true, out _)
        select $"{setting.Key} is none of {string.Join(", ", Enum.GetNames<LogLevel>())}";
}
