using TokenGateway.Tokens.Storage;
using static TokenGateway.Tokens.Tests.Storage.StoreTestHelpers;

namespace TokenGateway.Tokens.Tests.Storage;

public abstract partial class TokenStoreConformance
{
    [Fact]
    public async Task L1_A_free_lease_is_acquired_with_the_record_as_it_is_under_it()
    {
        await Store.WriteAsync(Plum, null, "r1");

        var acquired = await Store.AcquireAsync(Plum, "lease_1");

        Assert.True(acquired.Acquired);
        Assert.Equal("r1", acquired.Snapshot.Record!.Revision);
        Assert.Equal(1, acquired.Snapshot.Fence);
        Assert.Equal("owner of lease_1", acquired.Snapshot.Lease!.Owner);
        Assert.InRange(acquired.Snapshot.Lease.ExpiresAt - acquired.Snapshot.StoreTime, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task L2_A_held_lease_is_busy_for_everyone_else_and_shows_its_owner()
    {
        await Store.AcquireAsync(Plum, "lease_1");

        var other = await (await OpenAsync()).Store.AcquireAsync(Plum, "lease_2");
        var prefix = await Store.AcquireAsync(Plum, "lease");

        Assert.False(other.Acquired);
        Assert.False(prefix.Acquired);
        Assert.Equal(1, other.Snapshot.Fence);
        Assert.Equal("owner of lease_1", other.Snapshot.Lease!.Owner);
        Assert.True((await Store.AcquireAsync("another", "lease_3")).Acquired);
    }

    [Fact]
    public async Task L3_Of_many_that_want_the_lease_one_gets_it()
    {
        var stores = new[] { Store, (await OpenAsync()).Store, (await OpenAsync()).Store };

        var results = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() => stores[i % 3].AcquireAsync(Plum, $"lease_{i}"))));

        Assert.Single(results, result => result.Acquired);
        Assert.Equal(1, (await Store.ReadAsync(Plum)).Fence);
    }

    [Fact]
    public async Task L4_An_abandoned_lease_expires_by_itself_and_not_before()
    {
        var started = TimeProvider.System.GetTimestamp();
        await Store.AcquireAsync(Plum, "lease_1", 200);

        await EventuallyAsync(async () => (await Store.AcquireAsync(Plum, "lease_2")).Acquired);

        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(195));
        Assert.Equal("owner of lease_2", (await Store.ReadAsync(Plum)).Lease!.Owner);
    }

    [Fact]
    public async Task L5_A_released_lease_is_free_at_once()
    {
        await Store.AcquireAsync(Plum, "lease_1");

        await Store.ReleaseAsync(Plum, "lease_1");

        Assert.Null((await Store.ReadAsync(Plum)).Lease);
        Assert.True((await Store.AcquireAsync(Plum, "lease_2")).Acquired);
    }

    [Fact]
    public async Task L6_Only_the_owner_releases()
    {
        await Store.AcquireAsync(Plum, "lease_1");

        await Store.ReleaseAsync(Plum, "lease_2");
        await Store.ReleaseAsync(Plum, "lease");
        await Store.ReleaseAsync("another", "lease_1");

        Assert.NotNull((await Store.ReadAsync(Plum)).Lease);
    }

    [Fact]
    public async Task L7_Only_the_owner_renews_and_only_while_the_lease_lives()
    {
        Assert.False(await Store.RenewAsync(Plum, "lease_1", 60_000));
        await Store.AcquireAsync(Plum, "lease_1", 60_000);

        Assert.False(await Store.RenewAsync(Plum, "lease_2", 60_000));
        Assert.True(await Store.RenewAsync(Plum, "lease_1", 100));

        await Store.LeaseIsGoneAsync(Plum);
        Assert.False(await Store.RenewAsync(Plum, "lease_1", 60_000));
        Assert.Null((await Store.ReadAsync(Plum)).Lease);
    }

    [Fact]
    public async Task L8_A_renewed_lease_lives_for_the_new_duration_and_keeps_its_owner_and_fence()
    {
        await Store.AcquireAsync(Plum, "lease_1", 300);

        Assert.True(await Store.RenewAsync(Plum, "lease_1", 60_000));

        var snapshot = await Store.ReadAsync(Plum);
        Assert.True(snapshot.Lease!.ExpiresAt - snapshot.StoreTime > TimeSpan.FromSeconds(50));
        Assert.Equal("owner of lease_1", snapshot.Lease.Owner);
        Assert.Equal(1, snapshot.Fence);
    }

    [Fact]
    public async Task L9_Acquiring_ones_own_lease_again_gives_it_for_the_full_duration_and_under_a_new_fence()
    {
        await Store.AcquireAsync(Plum, "lease_1", 10_000);
        await Store.WriteAsync(Plum, null, "r1");

        var again = await (await OpenAsync()).Store.AcquireAsync(Plum, "lease_1", 60_000);

        Assert.True(again.Acquired);
        Assert.Equal(2, again.Snapshot.Fence);
        Assert.Equal("r1", again.Snapshot.Record!.Revision);
        Assert.Equal("owner of lease_1", again.Snapshot.Lease!.Owner);
        Assert.InRange(again.Snapshot.Lease.ExpiresAt - again.Snapshot.StoreTime, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(60));
        Assert.False((await Store.AcquireAsync(Plum, "lease_2")).Acquired);
        Assert.Equal(WriteOutcome.LeaseLost, await Store.WriteAsync(Plum, "r1", "r2", new LeaseGuard("lease_1", 1)));
        Assert.Equal(WriteOutcome.Written, await Store.WriteAsync(Plum, "r1", "r2", new LeaseGuard("lease_1", 2)));
    }

    [Fact]
    public async Task L10_A_lease_that_ran_out_is_not_taken_again_from_its_new_owner()
    {
        await Store.AcquireAsync(Plum, "lease_1", 100);
        await EventuallyAsync(async () => (await Store.AcquireAsync(Plum, "lease_2")).Acquired);

        Assert.False((await Store.AcquireAsync(Plum, "lease_1")).Acquired);
    }

    [Fact]
    public async Task F1_The_fence_grows_with_every_lease_and_survives_release_expiry_and_writes()
    {
        for (var lease = 1; lease <= 3; lease++)
        {
            Assert.Equal(lease, (await Store.AcquireAsync(Plum, $"lease_{lease}")).Snapshot.Fence);
            await Store.ReleaseAsync(Plum, $"lease_{lease}");
        }

        await Store.WriteAsync(Plum, null, "r1");
        await Store.WriteAsync(Plum, "r1", "r2", minimumFence: 2);
        Assert.Equal(3, (await Store.ReadAsync(Plum)).Fence);

        await Store.AcquireAsync(Plum, "lease_4", 100);
        await Store.LeaseIsGoneAsync(Plum);
        Assert.Equal(4, (await Store.ReadAsync(Plum)).Fence);
    }

    [Fact]
    public async Task F2_A_minimum_fence_is_given_back_to_a_store_that_forgot_it()
    {
        await Store.WriteAsync(Plum, null, "r1", minimumFence: 41);

        Assert.Equal(41, (await Store.ReadAsync(Plum)).Fence);
        Assert.Equal(42, (await Store.AcquireAsync(Plum, "lease_1")).Snapshot.Fence);
    }

    [Fact]
    public async Task G1_A_guarded_write_goes_through_while_its_lease_is_held()
    {
        var acquired = await Store.AcquireAsync(Plum, "lease_1");
        var guard = new LeaseGuard("lease_1", acquired.Snapshot.Fence);

        Assert.Equal(WriteOutcome.Written, await Store.WriteAsync(Plum, null, "r1", guard));
        Assert.Equal(WriteOutcome.Superseded, await Store.WriteAsync(Plum, null, "r2", guard));
        Assert.Equal(WriteOutcome.Written, await Store.WriteAsync(Plum, "r1", "r2", guard));
    }

    [Fact]
    public async Task G2_A_guarded_write_is_refused_after_its_lease_expired_and_the_same_write_without_guard_is_not()
    {
        await Store.WriteAsync(Plum, null, "r1");
        await Store.AcquireAsync(Plum, "lease_1", 100);
        await Store.LeaseIsGoneAsync(Plum);

        Assert.Equal(WriteOutcome.LeaseLost, await Store.WriteAsync(Plum, "r1", "r2", new LeaseGuard("lease_1", 1), minimumFence: 9));

        var untouched = await Store.ReadAsync(Plum);
        Assert.Equal("r1", untouched.Record!.Revision);
        Assert.Equal(1, untouched.Fence);
        Assert.Equal(WriteOutcome.Written, await Store.WriteAsync(Plum, "r1", "r2"));
    }

    [Fact]
    public async Task G3_A_guarded_write_is_refused_after_its_lease_was_released()
    {
        await Store.AcquireAsync(Plum, "lease_1");
        await Store.ReleaseAsync(Plum, "lease_1");

        Assert.Equal(WriteOutcome.LeaseLost, await Store.WriteAsync(Plum, null, "r1", new LeaseGuard("lease_1", 1)));
    }

    [Fact]
    public async Task G4_A_guarded_write_is_refused_when_another_has_the_lease()
    {
        await Store.AcquireAsync(Plum, "lease_1", 100);
        await EventuallyAsync(async () => (await Store.AcquireAsync(Plum, "lease_2")).Acquired);

        Assert.Equal(WriteOutcome.LeaseLost, await Store.WriteAsync(Plum, null, "r1", new LeaseGuard("lease_1", 1)));
        Assert.Equal(WriteOutcome.Written, await Store.WriteAsync(Plum, null, "r1", new LeaseGuard("lease_2", 2)));
    }

    [Fact]
    public async Task G5_A_guarded_write_is_refused_when_the_fence_has_moved_although_the_lease_is_held()
    {
        await Store.AcquireAsync(Plum, "lease_1");
        await Store.WriteAsync(Plum, null, "r1", minimumFence: 7);

        Assert.Equal(WriteOutcome.LeaseLost, await Store.WriteAsync(Plum, "r1", "r2", new LeaseGuard("lease_1", 1)));
        Assert.Equal(WriteOutcome.LeaseLost, await Store.WriteAsync(Plum, "r1", "r2", new LeaseGuard("lease", 7)));
        Assert.Equal(WriteOutcome.Written, await Store.WriteAsync(Plum, "r1", "r2", new LeaseGuard("lease_1", 7)));
    }
}
