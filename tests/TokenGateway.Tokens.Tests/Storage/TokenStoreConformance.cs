using System.Collections.Concurrent;
using TokenGateway.Tokens.Storage;
using static TokenGateway.Tokens.Tests.Storage.StoreTestHelpers;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>What every store must do (docs of <see cref="ITokenStore"/>), told in sentences. Each test has a store of its own.</summary>
public abstract partial class TokenStoreConformance : IAsyncLifetime
{
    private const string Plum = "plum";

    private readonly List<StoreInstance> _instances = [];
    private StoreInstance _first = null!;

    private ITokenStore Store => _first.Store;

    public virtual async Task InitializeAsync() => _first = await OpenAsync();

    public virtual async Task DisposeAsync()
    {
        foreach (var instance in _instances)
        {
            await instance.DisposeAsync();
        }
    }

    /// <summary>Another instance on this test's store, as another process would have.</summary>
    private protected abstract Task<StoreInstance> OpenInstanceAsync();

    private async Task<StoreInstance> OpenAsync()
    {
        var instance = await OpenInstanceAsync();
        _instances.Add(instance);
        return instance;
    }

    [Fact]
    public async Task R1_A_credential_never_written_has_no_record_no_lease_and_fence_zero()
    {
        var snapshot = await Store.ReadAsync(Plum);

        Assert.Null(snapshot.Record);
        Assert.Null(snapshot.Lease);
        Assert.Equal(0, snapshot.Fence);
    }

    [Fact]
    public async Task R2_A_created_record_is_read_by_another_instance_byte_for_byte()
    {
        byte[] document = [0, 1, 0, 255, 10, 13, 0];

        var outcome = await Store.WriteAsync(Plum, new RecordWrite(null, new StoredRecord("r1", document), null, false), CancellationToken.None);

        Assert.Equal(WriteOutcome.Written, outcome);
        var read = await (await OpenAsync()).Store.ReadAsync(Plum);
        Assert.Equal("r1", read.Record!.Revision);
        Assert.Equal(document, read.Record.Document.ToArray());
        Assert.Null((await Store.ReadAsync("another")).Record);
    }

    [Fact]
    public async Task R3_Creating_what_exists_is_superseded()
    {
        await Store.WriteAsync(Plum, null, "r1");

        Assert.Equal(WriteOutcome.Superseded, await Store.WriteAsync(Plum, null, "r2"));
        Assert.Equal("r1", (await Store.ReadAsync(Plum)).Record!.Revision);
    }

    [Fact]
    public async Task R4_Of_many_creators_one_wins()
    {
        var stores = new[] { Store, (await OpenAsync()).Store, (await OpenAsync()).Store };

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() => stores[i % 3].WriteAsync(Plum, null, $"r{i}"))));

        Assert.Single(outcomes, WriteOutcome.Written);
        Assert.Equal(29, outcomes.Count(outcome => outcome == WriteOutcome.Superseded));
        var winner = Array.IndexOf(outcomes, WriteOutcome.Written);
        Assert.Equal($"r{winner}", (await Store.ReadAsync(Plum)).Record!.Revision);
    }

    [Fact]
    public async Task R5_A_write_at_another_revision_leaves_everything_as_it_was()
    {
        using var announcements = new AnnouncementLog(Store);
        await Store.WriteAsync(Plum, null, "r1", minimumFence: 3);

        Assert.Equal(WriteOutcome.Superseded, await Store.WriteAsync(Plum, "r0", "r2", announce: true, minimumFence: 9));
        Assert.Equal(WriteOutcome.Superseded, await Store.WriteAsync("absent", "r0", "r2", announce: true, minimumFence: 9));

        var snapshot = await Store.ReadAsync(Plum);
        Assert.Equal(Record("r1").Document.ToArray(), snapshot.Record!.Document.ToArray());
        Assert.Equal(3, snapshot.Fence);
        Assert.Equal(0, (await Store.ReadAsync("absent")).Fence);
        await Store.WriteAsync(Plum, "r1", "r3", announce: true);
        Assert.Equal("r3", (await announcements.NextAsync()).Record.Revision);
    }

    [Fact]
    public async Task R6_A_record_is_replaced_by_whoever_names_its_revision_without_a_lease()
    {
        await Store.WriteAsync(Plum, null, "r1");
        await Store.AcquireAsync(Plum, "someone else's");

        Assert.Equal(WriteOutcome.Written, await Store.WriteAsync(Plum, "r1", "r2"));
        Assert.Equal("r2", (await Store.ReadAsync(Plum)).Record!.Revision);
    }

    [Fact]
    public async Task R7_Forty_loops_over_several_instances_give_one_successor_to_each_revision()
    {
        var stores = new[] { Store, (await OpenAsync()).Store, (await OpenAsync()).Store, (await OpenAsync()).Store };
        var successors = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(loop => Task.Run(() => AppendAsync(stores[loop % 4], loop, successors))));

        var length = 0;
        for (var revision = ""; successors.TryGetValue(revision, out var next); revision = next)
        {
            length++;
        }

        Assert.Equal(40 * 3, length);
        Assert.Equal(length, successors.Count);
    }

    [Fact]
    public async Task R8_The_stores_clock_is_about_the_time_of_day_and_does_not_stand_still()
    {
        var first = (await Store.ReadAsync(Plum)).StoreTime;

        Assert.InRange(first, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(1));
        await EventuallyAsync(async () => (await Store.ReadAsync(Plum)).StoreTime > first);
    }

    [Fact]
    public async Task R9_A_cancelled_call_is_not_made()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ReadAsync(Plum, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Store.WriteAsync(Plum, new RecordWrite(null, Record("r1"), null, false), cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Store.AcquireAsync(Plum, new LeaseRequest("lease", "owner", TimeSpan.FromMinutes(1)), cancelled.Token));

        var snapshot = await Store.ReadAsync(Plum);
        Assert.Null(snapshot.Record);
        Assert.Null(snapshot.Lease);
    }

    private static async Task AppendAsync(ITokenStore store, int loop, ConcurrentDictionary<string, string> successors)
    {
        for (var step = 0; step < 3;)
        {
            var revision = (await store.ReadAsync(Plum)).Record?.Revision;
            var next = $"{loop}.{step}";
            if (await store.WriteAsync(Plum, revision, next) == WriteOutcome.Written)
            {
                Assert.True(successors.TryAdd(revision ?? "", next), $"Revision '{revision}' has two successors.");
                step++;
            }
        }
    }
}
