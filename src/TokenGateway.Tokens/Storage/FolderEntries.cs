using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TokenGateway.Tokens.Storage;

/// <summary>Makes the names in a folder outlive a crash of the machine: on Linux, flushing a file does not do that for its name.</summary>
internal static partial class FolderEntries
{
    private const int CloseOnExec = 0x80000;

    /// <summary>EINVAL: a file system that has nothing to flush for a folder.</summary>
    private const int InvalidArgument = 22;

    /// <exception cref="IOException">The folder cannot be opened or flushed.</exception>
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var handle = Open(folder, CloseOnExec);
        if (handle.IsInvalid)
        {
            throw new IOException($"The folder '{folder}' cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        if (Fsync(handle) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
        {
            throw new IOException($"The folder '{folder}' cannot be flushed: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    /// <summary>Flushes the folders that a new folder and its parents are entries of.</summary>
    public static void FlushAbove(string folder)
    {
        // How many of them are new is not known any more; flushing the others costs little and happens once. Those that may not be read are not new.
        for (var parent = Path.GetDirectoryName(folder); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            try
            {
                Flush(parent);
            }
            catch (IOException)
            {
                return;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);
}
