using System.Runtime.InteropServices;

namespace TokenGateway.Tokens.Storage.Embedded;

/// <summary>
/// The clock that leases and the store's time run on: it is the same in every process of one machine, goes on while the machine
/// sleeps, and cannot be set. After a boot it starts again, which <see cref="BootId"/> tells.
/// </summary>
internal sealed partial class BootClock
{
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";
    private const int ClockBoottime = 7;

    private static readonly string KernelBootId = File.Exists(BootIdFile) ? File.ReadAllText(BootIdFile).Trim() : "";

    private readonly TimeProvider _time;
    private readonly bool _isSystem;

    /// <param name="time">Where it is not the system's, its timestamps are the clock: then everything runs on one clock, whatever drives that.</param>
    public BootClock(TimeProvider time)
    {
        _time = time;
        _isSystem = ReferenceEquals(time, TimeProvider.System);

        // Clocks that count from different moments must not be taken for one.
        BootId = _isSystem ? KernelBootId : $"{KernelBootId}/{time.GetType().FullName}";
    }

    /// <summary>Random per boot. Where the kernel does not say, only a lease's own duration bounds it.</summary>
    public string BootId { get; }

    /// <summary>The time since the machine started, or since whenever the injected clock counts from.</summary>
    public TimeSpan Now
    {
        get
        {
            if (_isSystem && OperatingSystem.IsLinux() && ClockGetTime(ClockBoottime, out var time) == 0)
            {
                return TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick));
            }

            // Not GetElapsedTime, whose floating point loses microseconds.
            return TimeSpan.FromTicks((long)((Int128)_time.GetTimestamp() * TimeSpan.TicksPerSecond / _time.TimestampFrequency));
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
