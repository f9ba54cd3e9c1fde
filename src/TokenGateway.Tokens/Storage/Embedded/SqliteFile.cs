namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>The store's file before SQLite sees it.</summary>
internal static class SqliteFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Makes the folder and the file where they are missing, both for their owner only, and proves that the folder can be written,
    /// as it must be for SQLite's -wal and -shm. What exists keeps its mode.
    /// </summary>
    /// <param name="path">The store's file.</param>
    /// <param name="id">Makes the new file's temporary name unique.</param>
    /// <exception cref="IOException">One of them cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not.</exception>
    public static void Create(string path, string id)
    {
        MakeFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);

        // Never opened under its own name: closing a file drops every POSIX lock that this process has on it, SQLite's included.
        var made = $"{path}.{id}.new";
        MakeFile(made);
        try
        {
            if (!File.Exists(path))
            {
                FirstFile.TryPublish(made, path);
            }
        }
        finally
        {
            File.Delete(made);
        }
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    private static void MakeFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var file = new FileStream(path, options);
    }
}
