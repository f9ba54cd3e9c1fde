using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>A store that this process may read and not write: it is refused at the start, before anything is spent, and keeps all that it has.</summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class SqliteReadOnlyTests : IDisposable
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Searchable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const uint Nobody = 65534;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokengateway-readonly-");

    private string FilePath => Path.Combine(_folder.FullName, "tokengateway.db");

    public void Dispose()
    {
        _folder.UnixFileMode |= UnixFileMode.UserWrite;
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(true, "cannot be written", "write permission on the file")]
    [InlineData(false, "cannot be created or written", "in a folder that this process may write")]
    public async Task A_file_or_a_folder_that_cannot_be_written_is_refused_with_the_remedy_and_keeps_what_it_has(bool file, string problem, string remedy)
    {
        await using (var before = await StoreInstance.OpenAsync(Settings))
        {
            await before.Store.WriteAsync("plum", null, "r1");
        }

        File.SetUnixFileMode(FilePath, file ? Readable : Readable | UnixFileMode.UserWrite);
        _folder.UnixFileMode = file ? Searchable | UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite : Searchable;

        var refusal = await AsSomebodyWhoMayNotWriteAsync(() => StoreInstance.OpenAsync(Settings).GetAwaiter().GetResult());

        var unavailable = Assert.IsType<StoreUnavailableException>(refusal);
        Assert.Contains(problem, unavailable.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, unavailable.Message, StringComparison.Ordinal);
        Assert.Contains("TokenGateway:Store:Path", unavailable.Message, StringComparison.Ordinal);

        _folder.UnixFileMode |= UnixFileMode.UserWrite;
        File.SetUnixFileMode(FilePath, Readable | UnixFileMode.UserWrite);
        await using var after = await StoreInstance.OpenAsync(Settings);
        Assert.Equal("r1", (await after.Store.ReadAsync("plum")).Record!.Revision);
        Assert.Equal(WriteOutcome.Written, await after.Store.WriteAsync("plum", "r1", "r2"));
    }

    private StoreSettings Settings => new() { Path = FilePath };

    /// <summary>Permissions do not bind root: a thread takes another user's part. The store works on the thread that calls it, if that is one of the pool.</summary>
    private static Task<Exception?> AsSomebodyWhoMayNotWriteAsync(Action work) => Task.Run<Exception?>(() =>
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return Record.Exception(work);
        }

        var self = SetFileSystemUser(Nobody);
        try
        {
            return Record.Exception(work);
        }
        finally
        {
            _ = SetFileSystemUser((uint)self);
        }
    });

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetFileSystemUser(uint user);
}
