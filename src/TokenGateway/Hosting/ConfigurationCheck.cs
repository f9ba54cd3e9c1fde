using TokenGateway.Proxy;

namespace TokenGateway.Hosting;

/// <summary>Reads the whole configuration, and reports everything that is wrong with it at once.</summary>
internal static class ConfigurationCheck
{
    /// <exception cref="StartupException">Something is wrong; nothing has been opened.</exception>
    public static async Task<CheckedConfiguration> ReadAsync(IConfiguration root)
    {
        var errors = new List<string>();
        var settings = ConfigurationReading.Read(root, errors);
        errors.AddRange(await ProxyConfigurationCheck.FindErrorsAsync(root, ConfigurationReading.CredentialNames(root)));
        return errors.Count == 0 ? settings : throw new StartupException(errors);
    }
}
