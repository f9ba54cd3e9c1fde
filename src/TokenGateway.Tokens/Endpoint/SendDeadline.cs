namespace TokenGateway.Tokens.Endpoint;

/// <summary>
/// The last moment at which a refresh token may be sent, on the monotonic clock and on the wall clock: the first is blind to a
/// suspended machine, the second to a step of the clock, so both must agree that there is time left.
/// </summary>
internal sealed class SendDeadline(TimeProvider time, TimeSpan left)
{
    private readonly long _started = time.GetTimestamp();
    private readonly DateTimeOffset _wall = time.GetUtcNow();
    private TimeSpan _left = left;

    public bool Passed => time.GetElapsedTime(_started) >= _left || time.GetUtcNow() >= _wall + _left;

    /// <summary>Ends it earlier, <paramref name="left"/> after its start.</summary>
    public void Shorten(TimeSpan left) => _left = left < _left ? left : _left;
}
