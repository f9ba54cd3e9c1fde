using Microsoft.Extensions.Time.Testing;

namespace TokenGateway.Tokens.Tests;

/// <summary>The one thing that a credential's loop waits on.</summary>
public sealed class WakeSignalTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly WakeSignal _signal;

    public WakeSignalTests() => _signal = new WakeSignal(_time);

    [Fact]
    public void Signals_that_come_while_nobody_waits_end_the_next_wait_and_only_that()
    {
        _signal.Set();
        _signal.Set();

        Assert.True(Begin().IsCompleted);
        Assert.False(Begin().IsCompleted);
    }

    [Fact]
    public async Task A_wait_ends_at_its_time_and_not_before()
    {
        var wait = Begin();

        _time.Advance(Wait - TimeSpan.FromMilliseconds(1));
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await wait.WaitAsync(Bound, TimeProvider.System);
    }

    [Fact]
    public async Task A_wait_that_a_signal_has_ended_leaves_no_timer_behind()
    {
        var signalled = Begin();
        _signal.Set();
        await signalled.WaitAsync(Bound, TimeProvider.System);

        _time.Advance(Wait);

        Assert.False(Begin().IsCompleted);
    }

    /// <summary>Each is sent once, as close to the beginning of a wait as two threads can bring it: one that were lost would never be made good.</summary>
    [Fact]
    public async Task No_signal_is_lost_however_close_it_comes_to_the_wait()
    {
        const int Rounds = 2_000;
        var signal = new WakeSignal(TimeProvider.System);
        var (told, seen) = (0, 0);
        using var limit = new CancellationTokenSource(Bound, TimeProvider.System);
        var telling = Task.Run(() =>
        {
            for (var round = 1; round <= Rounds && !limit.IsCancellationRequested; round++)
            {
                Volatile.Write(ref told, round);
                signal.Set();
                SpinWait.SpinUntil(() => Volatile.Read(ref seen) == round || limit.IsCancellationRequested);
            }
        });
        var hearing = Task.Run(async () =>
        {
            while (seen < Rounds)
            {
                while (Volatile.Read(ref told) == seen)
                {
                    await signal.WaitAsync(TimeSpan.FromMinutes(1));
                }

                Volatile.Write(ref seen, told);
            }
        });

        await hearing.WaitAsync(Bound, TimeProvider.System);
        await telling;
    }

    [Fact]
    public void Waiting_allocates_nothing()
    {
        var signal = new WakeSignal(TimeProvider.System);
        WaitOnce(signal);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            WaitOnce(signal);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static TimeSpan Bound => TimeSpan.FromSeconds(20);

    private Task Begin() => _signal.WaitAsync(Wait).AsTask();

    private static void WaitOnce(WakeSignal signal)
    {
#pragma warning disable CA2012 // It has completed when its result is asked for.
        var wait = signal.WaitAsync(Wait);
        Assert.False(wait.IsCompleted);
        signal.Set();
        Assert.True(wait.IsCompletedSuccessfully);
        wait.GetAwaiter().GetResult();
#pragma warning restore CA2012
    }
}
