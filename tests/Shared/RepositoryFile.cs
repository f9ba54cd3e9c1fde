namespace TokenGateway.Testing;

/// <summary>A file as it stands in the repository, wherever the tests were built.</summary>
internal static class RepositoryFile
{
    private static readonly string Root = FindRoot();

    /// <param name="name">From the repository's root on.</param>
    public static string PathOf(string name) => Path.Combine(Root, name);

    /// <inheritdoc cref="PathOf" />
    public static string Read(string name) => File.ReadAllText(PathOf(name));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TokenGateway.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests must run inside the repository.");
    }
}
