using System.Runtime.InteropServices;

namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>
/// The clock that leases run on: it is the same in every process of one machine, goes on while the machine sleeps, and
/// cannot be set. After a boot it starts again, which <see cref="BootId"/> tells.
/// </summary>
internal static partial class BootClock
{
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";
    private const int ClockBoottime = 7;

    /// <summary>Random per boot; empty where the kernel does not say, so that there only a lease's own duration bounds it.</summary>
    public static string BootId { get; } = File.Exists(BootIdFile) ? File.ReadAllText(BootIdFile).Trim() : "";

    /// <summary>The time since the machine started.</summary>
    public static TimeSpan Now
    {
        get
        {
            if (OperatingSystem.IsLinux() && ClockGetTime(ClockBoottime, out var time) == 0)
            {
                return TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick));
            }

            return TimeProvider.System.GetElapsedTime(0);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Timespec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
