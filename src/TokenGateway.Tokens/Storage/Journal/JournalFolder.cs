namespace TokenGateway.Tokens.Storage.Journal;

/// <summary>Journal files in a folder of a local disk, for their owner only. The work is done on the spot.</summary>
internal sealed class JournalFolder(string path) : IJournalDisk
{
    private const string Extension = ".journal";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path = Path.GetFullPath(path);

    public ValueTask OpenAsync() => new(WorkAsync(() =>
    {
        MakeFolder();
        var probe = Path.Combine(_path, $"{Path.GetRandomFileName()}.probe");
        using (Open(probe, FileMode.CreateNew))
        {
            File.Delete(probe);
        }

        return true;
    }));

    public ValueTask<IReadOnlyList<string>> ListAsync() => new(WorkAsync<IReadOnlyList<string>>(
        () => [.. Directory.EnumerateFiles(_path, "*" + Extension).Select(file => Path.GetFileNameWithoutExtension(file)!)]));

    public ValueTask<IJournalFile> CreateAsync(string name) => new(WorkAsync<IJournalFile>(() =>
    {
        // Held before it has its name: nobody can find it and not find it held.
        var made = Path.Combine(_path, $"{name}.new");
        var stream = Open(made, FileMode.CreateNew);
        try
        {
            File.Move(made, FileOf(name), overwrite: false);
            FolderEntries.Flush(_path);
            return new JournalFile(name, stream);
        }
        catch
        {
            File.Delete(made);
            stream.Dispose();
            throw;
        }
    }));

    public ValueTask<IJournalFile?> TryOpenAsync(string name) => new(WorkAsync<IJournalFile?>(() => TryOpen(name)));

    private JournalFile? TryOpen(string name)
    {
        try
        {
            var stream = Open(FileOf(name), FileMode.Open);
            if (File.Exists(stream.Name))
            {
                return new JournalFile(name, stream);
            }

            // It was deleted between opening and locking it.
            stream.Dispose();
            return null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (IOException error) when (IsHeld(error))
        {
            return null;
        }
    }

    private string FileOf(string name) => Path.Combine(_path, name + Extension);

    private void MakeFolder()
    {
        if (Directory.Exists(_path))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_path);
        }
        else
        {
            Directory.CreateDirectory(_path, OwnerOnly | UnixFileMode.UserExecute);
        }

        FolderEntries.FlushAbove(_path);
    }

    // FileShare.None is an exclusive flock on Unix, which ends with the process, however that ends.
    private static FileStream Open(string file, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode == FileMode.CreateNew)
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(file, options);
    }

    /// <summary>The code is EWOULDBLOCK (of Linux, and of the BSDs) or a sharing violation (of Windows).</summary>
    private static bool IsHeld(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020);

    private Task<T> WorkAsync<T>(Func<T> work) => DiskWork.RunAsync(
        () =>
        {
            try
            {
                return work();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new IOException(
                    $"The journal folder '{_path}' cannot be used ({error.Message}): set TokenGateway:Store:JournalPath to a folder on a local disk that this process may read and write.",
                    error);
            }
        },
        CancellationToken.None);
}
