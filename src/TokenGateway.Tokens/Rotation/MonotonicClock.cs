namespace TokenGateway.Tokens.Rotation;

/// <summary>Time since this object was made, blind to steps of the wall clock: for every pause that is not an expiry.</summary>
internal sealed class MonotonicClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public TimeSpan Now => time.GetElapsedTime(_start);
}
