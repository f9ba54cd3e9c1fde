namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// The last moment at which a refresh token may be sent, on the monotonic clock and on the wall clock: the first is blind to a
/// suspended machine, the second to a step of the clock, so both must agree that there is time left.
/// </summary>
internal sealed class SendDeadline(TimeProvider time, TimeSpan left)
{
    private readonly long _started = time.GetTimestamp();
    private readonly DateTimeOffset _wall = time.GetUtcNow() + left;

    public bool Passed => time.GetElapsedTime(_started) >= left || time.GetUtcNow() >= _wall;
}
