using TokenGateway.Tokens.Storage;
using static TokenGateway.Tokens.Tests.Storage.StoreTestHelpers;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>Commits that come after their lease is gone: lineage decides, not the lease.</summary>
public abstract partial class TokenStoreConformance
{
    [Fact]
    public async Task K1_A_late_commit_goes_through_while_nobody_has_written_and_leaves_the_new_holder_its_lease()
    {
        await Store.WriteAsync(Plum, null, "r1");
        await Store.AcquireAsync(Plum, "lease_1", 100);
        await EventuallyAsync(async () => (await Store.AcquireAsync(Plum, "lease_2")).Acquired);

        Assert.Equal(WriteOutcome.Written, await Store.WriteAsync(Plum, "r1", "late"));

        Assert.Equal(WriteOutcome.Superseded, await Store.WriteAsync(Plum, "r1", "r2", new LeaseGuard("lease_2", 2)));
        Assert.Equal(WriteOutcome.Written, await Store.WriteAsync(Plum, "late", "r2", new LeaseGuard("lease_2", 2)));
        Assert.Equal("owner of lease_2", (await Store.ReadAsync(Plum)).Lease!.Owner);
    }

    [Fact]
    public async Task K2_A_late_commit_is_superseded_once_the_new_holder_has_written()
    {
        await Store.WriteAsync(Plum, null, "r1");
        await Store.AcquireAsync(Plum, "lease_1");
        await Store.AcquireAsync(Plum, "lease_2", staleAfter: 0);
        await Store.WriteAsync(Plum, "r1", "r2", new LeaseGuard("lease_2", 2));

        Assert.Equal(WriteOutcome.Superseded, await Store.WriteAsync(Plum, "r1", "late", announce: true, minimumFence: 9));

        var snapshot = await Store.ReadAsync(Plum);
        Assert.Equal("r2", snapshot.Record!.Revision);
        Assert.Equal(2, snapshot.Fence);
    }

    [Fact]
    public async Task K3_A_commit_that_is_tried_again_after_it_went_through_is_superseded_by_itself()
    {
        await Store.WriteAsync(Plum, null, "r1");
        await Store.WriteAsync(Plum, "r1", "r2");

        Assert.Equal(WriteOutcome.Superseded, await Store.WriteAsync(Plum, "r1", "r2"));
        Assert.Equal("r2", (await Store.ReadAsync(Plum)).Record!.Revision);
    }

    [Fact]
    public async Task K4_A_lease_that_was_abandoned_in_the_middle_leaves_the_intent_to_its_successor()
    {
        await Store.AcquireAsync(Plum, "lease_1", 100);
        await Store.WriteAsync(Plum, null, "intent", new LeaseGuard("lease_1", 1));

        AcquireResult next = null!;
        await EventuallyAsync(async () => (next = await Store.AcquireAsync(Plum, "lease_2")).Acquired);

        Assert.Equal("intent", next.Snapshot.Record!.Revision);
        Assert.Equal(WriteOutcome.LeaseLost, await Store.WriteAsync(Plum, "intent", "r2", new LeaseGuard("lease_1", 1)));
        Assert.Equal(WriteOutcome.Written, await Store.WriteAsync(Plum, "intent", "r2", new LeaseGuard("lease_2", 2)));
    }
}
