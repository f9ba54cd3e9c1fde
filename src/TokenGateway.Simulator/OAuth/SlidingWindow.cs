namespace TokenGateway.Simulator.OAuth;

/// <summary>At most so many events in any window of time. Guarded by the provider's lock.</summary>
internal sealed class SlidingWindow
{
    private readonly Queue<DateTimeOffset> _taken = new();

    /// <summary>Takes a place, if one is free; else tells when the next one will be.</summary>
    public bool TryTake(DateTimeOffset now, int? limit, TimeSpan window, out TimeSpan retryAfter)
    {
        retryAfter = TimeSpan.Zero;
        if (limit is null)
        {
            return true;
        }

        while (_taken.TryPeek(out var oldest) && now - oldest >= window)
        {
            _taken.Dequeue();
        }

        if (_taken.Count >= limit)
        {
            retryAfter = _taken.TryPeek(out var first) ? first + window - now : window;
            return false;
        }

        _taken.Enqueue(now);
        return true;
    }
}
