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
        var proxy = await ProxyConfigurationCheck.FindErrorsAsync(root, CredentialNames.Of(root));
        return proxy.Count == 0 && settings.Value is { } sound
            ? sound
            : throw new StartupException([.. settings.Errors.Select(error => error.ToString()), .. proxy]);
    }
}
