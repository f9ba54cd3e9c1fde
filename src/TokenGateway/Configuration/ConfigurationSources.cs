using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Configuration;

/// <summary>
/// Where the configuration comes from; later sources win: the JSON file, the environment, a folder of secrets, the command line.
/// </summary>
internal sealed record ConfigurationSources
{
    public const string DefaultFile = "appsettings.json";

    /// <summary>The file of <c>--config</c>, which must exist; null for <see cref="DefaultFile"/> in <see cref="WorkingDirectory"/>, which may be missing.</summary>
    public string? File { get; init; }

    public string WorkingDirectory { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>One setting per file, named with <c>__</c>; it may be missing.</summary>
    public string SecretsDirectory { get; init; } = "/run/secrets";

    /// <summary>Settings as <c>--Key=Value</c>, without the command's own options.</summary>
    public IReadOnlyList<string> CommandLine { get; init; } = [];

    /// <summary>Told when a changed file cannot be read, or is gone; what was read before stays in force.</summary>
    public Action<SettingError>? ReloadFailed { get; init; }

    /// <summary>Told when a changed file has been read.</summary>
    public Action? Reloaded { get; init; }

    private string JsonPath => Path.GetFullPath(File ?? DefaultFile, WorkingDirectory);

    /// <summary>Reads every source. A failure to do so is one error that names the source.</summary>
    public SettingsResult<IConfigurationRoot> Build()
    {
        if (File is not null && !System.IO.File.Exists(JsonPath))
        {
            return Failed(new SettingError(JsonPath, "does not exist; --config must name a JSON file"));
        }

        try
        {
            return new SettingsResult<IConfigurationRoot>(Builder().Build(), []);
        }
        catch (InvalidDataException e)
        {
            return Failed(JsonSyntax.Describe(JsonPath, e));
        }
        catch (FormatException)
        {
            return Failed(new SettingError("command line", "holds an argument that is no setting; write settings as --Key=Value"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Failed(new SettingError("configuration", $"cannot be read: {e.Message}"));
        }
    }

    private static SettingsResult<IConfigurationRoot> Failed(SettingError error) => new(new ConfigurationBuilder().Build(), [error]);

    private IConfigurationBuilder Builder()
    {
        // The host's own variables come first, as in ASP.NET Core: ASPNETCORE_URLS is the setting Urls, and the file wins over it.
        var builder = new ConfigurationBuilder().AddEnvironmentVariables("DOTNET_").AddEnvironmentVariables("ASPNETCORE_");
        if (Directory.Exists(Path.GetDirectoryName(JsonPath)))
        {
            builder.Add(Json());
        }

        return builder
            .AddEnvironmentVariables()
            .AddKeyPerFile(SecretsDirectory, optional: true)
            .AddCommandLine([.. CommandLine]);
    }

    // Polled, because a mounted ConfigMap changes by a symlink that inotify does not report, and inotify's handles run out in crowded nodes.
    private SteadyJsonSource Json() => new()
    {
        FileProvider = new PhysicalFileProvider(Path.GetDirectoryName(JsonPath)!, ExclusionFilters.None)
        {
            UsePollingFileWatcher = true,
            UseActivePolling = true,
        },
        Path = Path.GetFileName(JsonPath),
        Optional = File is null,
        ReloadFailed = error => ReloadFailed?.Invoke(JsonSyntax.Describe(JsonPath, error)),
        Reloaded = () => Reloaded?.Invoke(),
    };
}
