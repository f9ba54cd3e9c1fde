using Microsoft.Extensions.Time.Testing;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>It stands still, and tells for how long it is waited for.</summary>
internal sealed class WatchedTime : FakeTimeProvider
{
    /// <summary>Somebody begins to wait. Raised on that thread.</summary>
    public event Action<TimeSpan>? Waits;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WatchedTimer(base.CreateTimer(callback, state, dueTime, period), this);
        Waits?.Invoke(dueTime);
        return timer;
    }

    private sealed class WatchedTimer(ITimer timer, WatchedTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = timer.Change(dueTime, period);
            time.Waits?.Invoke(dueTime);
            return changed;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
