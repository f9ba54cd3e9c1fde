using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Storage.Embedded;
using TokenGateway.Tokens.Tests.Rotation;

namespace TokenGateway.Tokens.Tests.Storage;

public sealed class SqliteAnnouncementsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokengateway-announcements-");

    private string FilePath => Path.Combine(_folder.FullName, "tokengateway.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_store_that_has_been_quiet_hears_of_anothers_write_before_it_would_look_by_itself()
    {
        var time = new WatchedTime();
        using var longWaits = new SemaphoreSlim(0);
        time.Waits += wait => _ = wait == TimeSpan.FromSeconds(1) ? longWaits.Release() : 0;
        await using var quiet = await StoreInstance.OpenAsync(Settings(FilePath), time);
        await using var other = await StoreInstance.OpenAsync(Settings(FilePath));
        using var heard = new AnnouncementLog(quiet.Store);
        time.Advance(TimeSpan.FromSeconds(5));
        for (var look = 0; !await longWaits.WaitAsync(TimeSpan.FromMilliseconds(50)); look++)
        {
            Assert.True(look < 200, "It never waits for a second.");
            time.Advance(TimeSpan.FromMilliseconds(20)); // It had decided on another short wait before the clock went on.
        }

        await other.Store.WriteAsync("plum", null, "r1", announce: true);

        // It looks by itself once a second, which does not pass here. What it is told of comes before the commit, so that it needs another look, of which there is one in 20 ms.
        var next = heard.NextAsync();
        for (var look = 0; look < 40 && !next.IsCompleted; look++)
        {
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System));
            time.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.Equal("r1", (await next).Record.Revision);
    }

    [Fact]
    public async Task A_file_behind_a_link_is_watched_where_it_is()
    {
        await using var store = await StoreInstance.OpenAsync(Settings(FilePath));
        var elsewhere = _folder.CreateSubdirectory("elsewhere");
        var link = File.CreateSymbolicLink(Path.Combine(elsewhere.FullName, "link.db"), FilePath);
        var told = new TaskCompletionSource();
        using var watch = SqliteFileWatch.TryStart(link.FullName, () => told.TrySetResult());

        await store.Store.WriteAsync("plum", null, "r1");

        Assert.NotNull(watch);
        await told.Task.WaitAsync(StoreTestHelpers.Bound, TimeProvider.System);
    }

    private static StoreSettings Settings(string path) => new() { Path = path, OperationTimeout = TimeSpan.FromSeconds(10) };
}
