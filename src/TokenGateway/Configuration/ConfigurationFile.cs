using Microsoft.Extensions.FileProviders;

namespace TokenGateway.Configuration;

/// <summary>
/// The JSON file among the sources of a configuration. Relative paths in any of them are relative to its folder, wherever the process
/// was started.
/// </summary>
/// <param name="Path">The full path; there need not be a file.</param>
internal sealed record ConfigurationFile(string Path)
{
    public bool Exists => File.Exists(Path);

    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>Null where a configuration has no file among its sources: then paths are relative to the working directory.</summary>
    public static ConfigurationFile? Of(IConfiguration configuration) => configuration is IConfigurationRoot root
        ? root.Providers.OfType<FileConfigurationProvider>().Select(provider => Of(provider.Source)).LastOrDefault(file => file is not null)
        : null;

    private static ConfigurationFile? Of(FileConfigurationSource source) =>
        source is { FileProvider: PhysicalFileProvider files, Path: { } name }
            ? new ConfigurationFile(System.IO.Path.Combine(files.Root, name))
            : null;
}
