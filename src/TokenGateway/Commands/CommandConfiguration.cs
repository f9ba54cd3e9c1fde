using TokenGateway.Hosting;

namespace TokenGateway.Commands;

/// <summary>What the command line says about the configuration.</summary>
/// <param name="File">The file of <c>--config</c>.</param>
/// <param name="Settings">What the commands themselves do not know: settings, as <c>--Key:Sub=value</c>.</param>
internal sealed record CommandConfiguration(string? File, IReadOnlyList<string> Settings)
{
    /// <summary>A word that is neither a command nor a setting, so that a misspelt command does not run the gateway; null when all is well.</summary>
    public string? Problem => Settings.FirstOrDefault(setting => !IsSetting(setting)) is { } word
        ? $"'{word.Split('=')[0]}' is neither a command nor a setting of the form --Key:Sub=value; see --help"
        : null;

    /// <exception cref="StartupException">The file is missing or is not JSON.</exception>
    public IConfigurationRoot Read(ConfigurationHealth health) => ConfigurationSources.Build(File, Settings, health);

    private static bool IsSetting(string word) => word.StartsWith("--", StringComparison.Ordinal) && word.IndexOf('=', StringComparison.Ordinal) > 2;
}
