using System.Runtime.InteropServices;

namespace TokenGateway.Tokens.Storage;

/// <summary>Gives a finished file its name unless the name is taken: of several processes that start at once, one makes the file for all.</summary>
internal static partial class FirstFile
{
    /// <summary><c>EEXIST</c>, the same on every Unix.</summary>
    private const int Exists = 17;

    /// <remarks>
    /// <see cref="File.Move(string, string, bool)"/> looks whether the name is free and renames then: two processes that look at the same time both rename, and the first one's file is gone from
    /// under it. A link is made or refused in one step. Where a file system has none, moving has to do.
    /// </remarks>
    /// <param name="made">The finished file, in the same folder.</param>
    /// <param name="path">The name it gets.</param>
    /// <returns>False where another was first; the file is left under its old name then.</returns>
    /// <exception cref="IOException">It cannot be named so.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not.</exception>
    public static bool TryPublish(string made, string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (Link(made, path) == 0)
            {
                File.Delete(made);
                return true;
            }

            if (Marshal.GetLastPInvokeError() == Exists)
            {
                return false;
            }
        }

        try
        {
            File.Move(made, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string from, string to);
}
