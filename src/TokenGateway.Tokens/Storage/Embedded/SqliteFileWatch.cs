namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>Hears from the operating system that any process writes to the store's file: in SQLite's -wal, where each transaction begins.</summary>
/// <remarks>A write is heard before it is committed: who listens looks again for a while.</remarks>
internal sealed class SqliteFileWatch : IDisposable
{
    private readonly FileSystemWatcher _watcher;

    private SqliteFileWatch(FileSystemWatcher watcher) => _watcher = watcher;

    /// <param name="path">The store's file.</param>
    /// <param name="changed">Called on any thread, often several times for one write; must not block.</param>
    /// <returns>Null where the system has no watch to give: Linux allows each user a number of them (<c>fs.inotify.max_user_instances</c>), and some file systems have none.</returns>
    public static SqliteFileWatch? TryStart(string path, Action changed)
    {
        var file = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        var watcher = new FileSystemWatcher(Path.GetDirectoryName(file)!, $"{Path.GetFileName(file)}-wal") { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size };
        watcher.Changed += (_, _) => changed();
        watcher.Created += (_, _) => changed();
        watcher.Error += (_, _) => changed();
        try
        {
            watcher.EnableRaisingEvents = true;
            return new SqliteFileWatch(watcher);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            watcher.Dispose();
            return null;
        }
    }

    public void Dispose() => _watcher.Dispose();
}
