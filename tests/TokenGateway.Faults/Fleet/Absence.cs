namespace TokenGateway.Faults.Fleet;

/// <summary>A time in which a gateway could not do its work, by timestamps of the monotonic clock.</summary>
internal sealed class Absence(string why, long from, int boot)
{
    public string Why => why;

    public long From => from;

    /// <summary>Which start of the gateway was concerned.</summary>
    public int Boot => boot;

    /// <summary>When it was over; null while it lasts.</summary>
    public long? Until { get; set; }

    /// <summary>True for a crash: the process is another one afterwards.</summary>
    public bool IsCrash => Why == Killed;

    public const string Killed = "killed";
    public const string Stopped = "stopped";
    public const string CutOff = "cut off from Redis";
    public const string NoDisk = "without a disk for its journal";

    public bool Covers(long from, long until) => From <= until && (Until ?? long.MaxValue) >= from;
}
