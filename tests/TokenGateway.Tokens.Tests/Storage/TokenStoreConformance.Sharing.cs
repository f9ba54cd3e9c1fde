using System.Text;
using Microsoft.Extensions.Caching.Distributed;
using TokenGateway.Tokens.Storage;
using static TokenGateway.Tokens.Tests.Storage.StoreTestHelpers;

namespace TokenGateway.Tokens.Tests.Storage;

public abstract partial class TokenStoreConformance
{
    [Fact]
    public async Task A1_An_announced_write_reaches_every_instance_with_its_exact_bytes()
    {
        using var here = new AnnouncementLog(Store);
        using var there = new AnnouncementLog((await OpenAsync()).Store);
        var document = Enumerable.Range(0, 5000).Select(i => (byte)(i % 7 == 0 ? 0 : i)).ToArray();

        await Store.WriteAsync("pflaume ü", new RecordWrite(null, new StoredRecord("r1", document), null, true), CancellationToken.None);

        foreach (var log in new[] { here, there })
        {
            var (credential, record) = await log.NextAsync();
            Assert.Equal("pflaume ü", credential);
            Assert.Equal("r1", record.Revision);
            Assert.Equal(document, record.Document.ToArray());
        }
    }

    [Fact]
    public async Task A2_Only_announced_writes_that_went_through_are_announced()
    {
        using var there = new AnnouncementLog((await OpenAsync()).Store);

        await Store.WriteAsync(Plum, null, "r1");
        await Store.WriteAsync(Plum, "r1", "r2", new LeaseGuard("nobody's", 1), announce: true);
        await Store.WriteAsync(Plum, "r0", "r3", announce: true);
        await Store.AcquireAsync(Plum, "lease_1");
        await Store.WriteAsync(Plum, "r1", "r4", announce: true);
        await Store.WriteAsync(Plum, "r4", "r5");

        Assert.Equal("r4", (await there.NextAsync()).Record.Revision);
        await Store.WriteAsync("last", null, "end", announce: true);
        Assert.Equal("end", (await there.NextAsync()).Record.Revision);
        Assert.Empty(there.Revisions);
    }

    [Fact]
    public async Task A3_What_was_announced_before_an_instance_started_is_not_announced_to_it()
    {
        await Store.WriteAsync(Plum, null, "r1", announce: true);
        using var late = new AnnouncementLog((await OpenAsync()).Store);

        await Store.WriteAsync(Plum, "r1", "r2", announce: true);

        Assert.Equal("r2", (await late.NextAsync()).Record.Revision);
    }

    [Fact]
    public async Task H1_The_history_keeps_the_last_fifty_newest_first_per_credential()
    {
        Assert.Empty(await Store.ReadHistoryAsync(Plum, CancellationToken.None));
        await Store.AppendHistoryAsync("another", "other"u8.ToArray(), CancellationToken.None);
        for (var entry = 1; entry <= 53; entry++)
        {
            await Store.AppendHistoryAsync(Plum, Encoding.UTF8.GetBytes($"{entry}\0"), CancellationToken.None);
        }

        var history = await (await OpenAsync()).Store.ReadHistoryAsync(Plum, CancellationToken.None);

        Assert.Equal(Enumerable.Range(4, 50).Reverse().Select(entry => $"{entry}\0"), history.Select(entry => Encoding.UTF8.GetString(entry.Span)), StringComparer.Ordinal);
        Assert.Single(await Store.ReadHistoryAsync("another", CancellationToken.None));
    }

    [Fact]
    public async Task N1_The_names_are_those_of_all_credentials_with_a_record_whoever_wrote_it()
    {
        Assert.Empty(await Store.ListAsync(CancellationToken.None));
        await Store.AcquireAsync("leased", new LeaseRequest("lease_1", "replica_1", TimeSpan.FromMinutes(1)), CancellationToken.None);
        await Store.WriteAsync(Plum, null, "r1");
        await Store.WriteAsync("näme:{2}", null, "r1");
        await Store.WriteAsync(Plum, "r1", "r2");

        Assert.Equal(["näme:{2}", Plum], (await (await OpenAsync()).Store.ListAsync(CancellationToken.None)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task C1_What_one_instance_caches_another_gets_until_it_is_removed()
    {
        var there = (await OpenAsync()).Cache;
        byte[] value = [0, 1, 255];
        await _first.Cache.SetAsync("key", value, ExpiringAfter(60_000));

        Assert.Equal(value, await there.GetAsync("key"));
        Assert.Null(await there.GetAsync("another"));
        await _first.Cache.SetAsync("key", [2], ExpiringAfter(60_000));
        Assert.Equal([2], await there.GetAsync("key"));
        await there.RemoveAsync("key");
        Assert.Null(await _first.Cache.GetAsync("key"));
    }

    [Fact]
    public async Task C2_A_cached_value_expires()
    {
        await _first.Cache.SetAsync("short", [1], ExpiringAfter(1_000));
        await _first.Cache.SetAsync("long", [1], ExpiringAfter(60_000));

        await EventuallyAsync(async () => await _first.Cache.GetAsync("short") is null);

        Assert.NotNull(await _first.Cache.GetAsync("long"));
    }

    private static DistributedCacheEntryOptions ExpiringAfter(int milliseconds) =>
        new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromMilliseconds(milliseconds) };
}
