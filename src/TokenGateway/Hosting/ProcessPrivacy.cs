using System.Runtime.InteropServices;

namespace TokenGateway.Hosting;

/// <summary>
/// The memory of this process holds tokens. A crash writes no core file of it, nor pipes one to a collector, and no other process of the same user may attach or read it.
/// </summary>
internal static partial class ProcessPrivacy
{
    private const int LimitOfCoreFiles = 4;
    private const int SetDumpable = 4;

    public static void Enable()
    {
        if (OperatingSystem.IsLinux())
        {
            // Each does what the other cannot: a collector named in core_pattern ignores the limit, and the limit outlives an exec.
            _ = SetLimit(LimitOfCoreFiles, default);
            _ = Control(SetDumpable, 0, 0, 0, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetLimit(int resource, in Limit limit);

    [LibraryImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int option, nuint argument, nuint unused1, nuint unused2, nuint unused3);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limit(nuint Soft, nuint Hard);
}
