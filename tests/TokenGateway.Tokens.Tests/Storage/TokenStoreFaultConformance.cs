using TokenGateway.Tokens.Storage;
using static TokenGateway.Tokens.Tests.Storage.StoreTestHelpers;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>What every store must do while it does not answer, after it was restarted, and after it lost what it had acknowledged.</summary>
public abstract class TokenStoreFaultConformance : IAsyncLifetime
{
    private const string Plum = "plum";

    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(10);

    private StoreInstance _instance = null!;

    private ITokenStore Store => _instance.Store;

    public virtual async Task InitializeAsync() => _instance = await OpenInstanceAsync(Patient);

    public virtual async Task DisposeAsync() => await _instance.DisposeAsync();

    /// <summary>An instance on this test's store, whose calls take at most this long.</summary>
    private protected abstract Task<StoreInstance> OpenInstanceAsync(TimeSpan operationTimeout);

    /// <summary>From now on no write and no lease is answered; it may be executed when <see cref="ResumeAsync"/> is called.</summary>
    private protected abstract Task StallAsync();

    private protected abstract Task ResumeAsync();

    /// <summary>Ends whatever keeps the data at once and starts it again. No instance is open meanwhile.</summary>
    private protected abstract Task CrashAsync();

    /// <summary>Keeps a copy of the data, to go back to. No instance is open meanwhile.</summary>
    private protected abstract Task SaveAsync();

    /// <summary>Loses everything since <see cref="SaveAsync"/>. No instance is open meanwhile.</summary>
    private protected abstract Task LoseAsync();

    [Fact]
    public async Task X1_A_write_without_an_answer_fails_in_time_and_is_executed_once_or_never()
    {
        await Store.WriteAsync(Plum, null, "r1");
        await using var hasty = await OpenInstanceAsync(TimeSpan.FromMilliseconds(500));
        await StallAsync();

        var started = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => hasty.Store.WriteAsync(Plum, "r1", "r2"));
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(3));

        await ResumeAsync();
        await Store.WriteAsync(Plum, "r1", "r2");
        Assert.Equal("r2", (await Store.ReadAsync(Plum)).Record!.Revision);
        Assert.Equal(WriteOutcome.Superseded, await Store.WriteAsync(Plum, "r1", "r3"));
    }

    [Fact]
    public async Task X2_An_acquisition_without_an_answer_can_be_asked_for_again_and_only_the_last_fence_guards()
    {
        await Store.WriteAsync(Plum, null, "r1");
        await using var hasty = await OpenInstanceAsync(TimeSpan.FromMilliseconds(500));
        await StallAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => hasty.Store.AcquireAsync(Plum, "lease_1"));
        await ResumeAsync();

        var again = await Store.AcquireAsync(Plum, "lease_1");

        Assert.True(again.Acquired);
        Assert.Equal(WriteOutcome.LeaseLost, await Store.WriteAsync(Plum, "r1", "r2", new LeaseGuard("lease_1", again.Snapshot.Fence - 1)));
        Assert.Equal(WriteOutcome.Written, await Store.WriteAsync(Plum, "r1", "r2", new LeaseGuard("lease_1", again.Snapshot.Fence)));
    }

    [Fact]
    public async Task X3_Reads_are_answered_while_writes_are_not()
    {
        await Store.WriteAsync(Plum, null, "r1");
        await StallAsync();

        Assert.Equal("r1", (await Store.ReadAsync(Plum)).Record!.Revision);
        await ResumeAsync();
    }

    [Fact]
    public async Task X4_A_crash_takes_neither_record_nor_fence_nor_history_and_leaves_no_lease_for_ever()
    {
        await Store.AcquireAsync(Plum, "lease_1", 300);
        await Store.WriteAsync(Plum, null, "r1", new LeaseGuard("lease_1", 1));
        await Store.AppendHistoryAsync(Plum, "entry"u8.ToArray(), CancellationToken.None);

        await WithoutInstancesAsync(CrashAsync);

        Assert.Equal("r1", (await Store.ReadAsync(Plum)).Record!.Revision);
        Assert.Single(await Store.ReadHistoryAsync(Plum, CancellationToken.None));
        await EventuallyAsync(async () => (await Store.AcquireAsync(Plum, "lease_2")).Acquired);
        Assert.Equal(2, (await Store.ReadAsync(Plum)).Fence);
    }

    [Fact]
    public async Task X5_A_store_that_lost_an_acknowledged_write_cannot_be_mistaken_for_the_one_that_was_read_and_can_be_healed()
    {
        await Store.WriteAsync(Plum, null, "r1");
        await WithoutInstancesAsync(SaveAsync);
        await Store.AcquireAsync(Plum, "lease_1");
        await Store.WriteAsync(Plum, "r1", "r2", new LeaseGuard("lease_1", 1));

        await WithoutInstancesAsync(LoseAsync);

        Assert.Equal(WriteOutcome.Superseded, await Store.WriteAsync(Plum, "r2", "r3"));
        Assert.Equal(WriteOutcome.LeaseLost, await Store.WriteAsync(Plum, "r1", "r3", new LeaseGuard("lease_1", 1)));
        Assert.Equal(WriteOutcome.Written, await Store.WriteAsync(Plum, "r1", "r2", minimumFence: 1));
        Assert.Equal(2, (await Store.AcquireAsync(Plum, "lease_2")).Snapshot.Fence);
    }

    private async Task WithoutInstancesAsync(Func<Task> fault)
    {
        await _instance.DisposeAsync();
        await fault();
        _instance = await OpenInstanceAsync(Patient);
    }
}
