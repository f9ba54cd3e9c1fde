using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;
using TokenGateway.Hosting;

namespace TokenGateway.Commands;

/// <summary>Where the configuration comes from, weakest first: a file, the environment, mounted secrets, the command line.</summary>
internal static class ConfigurationSources
{
    private const string DefaultFile = "appsettings.json";
    private const string MountedSecrets = "/run/secrets";

    /// <param name="file">A JSON file that must exist; null for <c>appsettings.json</c> in the working directory, if there is one.</param>
    /// <param name="settings">Settings of the command line, as <c>--Key:Sub=value</c>.</param>
    /// <param name="health">Learns of a file that was changed and cannot be read any more.</param>
    /// <exception cref="StartupException">The file is missing or is not JSON.</exception>
    public static IConfigurationRoot Build(string? file, IReadOnlyList<string> settings, ConfigurationHealth health)
    {
        var path = Path.GetFullPath(file ?? DefaultFile);
        if (file is not null && !File.Exists(path))
        {
            throw new StartupException([$"--config names the file {path}, which does not exist; create it or correct the path"]);
        }

        try
        {
            return new ConfigurationBuilder()
                .AddEnvironmentVariables("ASPNETCORE_")
                .Add(Source(path, health))
                .AddEnvironmentVariables()
                .AddKeyPerFile(MountedSecrets, optional: true, reloadOnChange: true)
                .AddCommandLine([.. settings])
                .Build();
        }
        catch (InvalidDataException e)
        {
            throw new StartupException([$"{path} cannot be read: {e.GetBaseException().Message.ReplaceLineEndings(" ")}"]);
        }
    }

    private static CarefulJsonSource Source(string path, ConfigurationHealth health) => new(health)
    {
        // Polled every 4 s and by the target's time, because Kubernetes swaps a mounted file's symbolic link.
        FileProvider = new PhysicalFileProvider(Path.GetDirectoryName(path)!, ExclusionFilters.None) { UsePollingFileWatcher = true, UseActivePolling = true },
        Path = Path.GetFileName(path),
        Optional = true,
        ReloadOnChange = true,
    };
}
