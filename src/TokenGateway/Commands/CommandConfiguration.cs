using TokenGateway.Configuration;
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

    /// <param name="health">Learns of a file that is changed and cannot be read any more.</param>
    /// <exception cref="StartupException">A source cannot be read.</exception>
    public ConfigurationRoot Read(ConfigurationHealth health)
    {
        var result = new ConfigurationSources
        {
            File = File,
            CommandLine = Settings,
            ReloadFailed = error => health.FileProblem = error.ToString(),
            Reloaded = () => health.FileProblem = null,
        }.Build();
        StartupException.ThrowIfAny(result.Errors);
        return (ConfigurationRoot)result.Value!;
    }

    private static bool IsSetting(string word) => word.StartsWith("--", StringComparison.Ordinal) && word.IndexOf('=', StringComparison.Ordinal) > 2;
}
