namespace TokenGateway.Tests.Deploy;

/// <summary>A file that is delivered as it stands in the repository.</summary>
internal static class RepositoryFile
{
    private static readonly string Root = FindRoot();

    /// <param name="name">From the repository's root on.</param>
    public static string Read(string name) => File.ReadAllText(Path.Combine(Root, name));

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
