using TokenGateway.Tokens.Storage;
using static TokenGateway.Tokens.Tests.Storage.StoreTestHelpers;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>Leases that are taken from a holder which has fallen silent.</summary>
public abstract partial class TokenStoreConformance
{
    [Fact]
    public async Task T1_A_lease_whose_holder_is_silent_is_taken_over_after_that_time_and_not_before()
    {
        var before = (await Store.ReadAsync(Plum)).StoreTime;
        await Store.AcquireAsync(Plum, "lease_1");
        Assert.False((await Store.AcquireAsync(Plum, "lease_2", staleAfter: 59_000)).Acquired);

        AcquireResult taken = null!;
        await EventuallyAsync(async () => (taken = await Store.AcquireAsync(Plum, "lease_2", staleAfter: 400)).Acquired);

        Assert.True(taken.Snapshot.StoreTime - before >= TimeSpan.FromMilliseconds(395));
        Assert.Equal(2, taken.Snapshot.Fence);
        Assert.Equal("owner of lease_2", taken.Snapshot.Lease!.Owner);
        Assert.InRange(taken.Snapshot.Lease.ExpiresAt - taken.Snapshot.StoreTime, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task T2_A_holder_that_was_taken_over_neither_renews_nor_writes_nor_releases()
    {
        await Store.WriteAsync(Plum, null, "r1");
        await Store.AcquireAsync(Plum, "lease_1");
        Assert.True((await Store.AcquireAsync(Plum, "lease_2", staleAfter: 0)).Acquired);

        Assert.False(await Store.RenewAsync(Plum, "lease_1", 60_000));
        Assert.Equal(WriteOutcome.LeaseLost, await Store.WriteAsync(Plum, "r1", "r2", new LeaseGuard("lease_1", 1)));
        Assert.Equal(WriteOutcome.LeaseLost, await Store.WriteAsync(Plum, "r1", "r2", new LeaseGuard("lease_1", 2)));
        await Store.ReleaseAsync(Plum, "lease_1");

        Assert.Equal("owner of lease_2", (await Store.ReadAsync(Plum)).Lease!.Owner);
        Assert.Equal(WriteOutcome.Written, await Store.WriteAsync(Plum, "r1", "r2", new LeaseGuard("lease_2", 2)));
    }

    [Fact]
    public async Task T3_A_renewal_ends_the_silence_whatever_duration_it_gives()
    {
        await Store.AcquireAsync(Plum, "lease_1", 60_000);
        await EventuallyAsync(async () => Remaining(await Store.ReadAsync(Plum)) < TimeSpan.FromMilliseconds(59_700));

        // Counted from the first duration, a shorter lease would look old and a longer one young.
        await Store.RenewAsync(Plum, "lease_1", 30_000);
        Assert.False((await Store.AcquireAsync(Plum, "lease_2", staleAfter: 10_000)).Acquired);
        await Store.RenewAsync(Plum, "lease_1", 120_000);
        Assert.False((await Store.AcquireAsync(Plum, "lease_2", staleAfter: 10_000)).Acquired);

        await EventuallyAsync(async () => (await Store.AcquireAsync(Plum, "lease_2", staleAfter: 100)).Acquired);
    }

    [Fact]
    public async Task T4_Of_many_that_take_over_a_silent_lease_one_gets_it()
    {
        await Store.AcquireAsync(Plum, "lease");
        await EventuallyAsync(async () => Remaining(await Store.ReadAsync(Plum)) < TimeSpan.FromSeconds(58));
        var stores = new[] { Store, (await OpenAsync()).Store, (await OpenAsync()).Store };

        var results = await Task.WhenAll(Enumerable.Range(0, 30).Select(
            i => Task.Run(() => stores[i % 3].AcquireAsync(Plum, $"lease_{i}", staleAfter: 2_000))));

        Assert.Single(results, result => result.Acquired);
        Assert.Equal(2, (await Store.ReadAsync(Plum)).Fence);
    }

    private static TimeSpan Remaining(StoreSnapshot snapshot) => snapshot.Lease!.ExpiresAt - snapshot.StoreTime;
}
