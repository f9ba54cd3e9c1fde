using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Tests.Storage;

public sealed class SqliteTokenStoreTests : TokenStoreConformance
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokengateway-store-");

    private string FilePath => Path.Combine(_folder.FullName, "data", "tokengateway.db");

    private protected override Task<StoreInstance> OpenInstanceAsync() => StoreInstance.OpenAsync(Settings(FilePath));

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task The_files_belong_to_their_owner_alone()
    {
        await using var instance = await OpenInstanceAsync();
        await instance.Store.WriteAsync("plum", null, "r1");

        var files = Directory.GetFiles(Path.GetDirectoryName(FilePath)!);

        Assert.Equal(3, files.Length);
        Assert.All(["", "-wal", "-shm"], suffix => Assert.Contains(FilePath + suffix, files, StringComparer.Ordinal));
        Assert.All(files, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task Records_and_fences_outlive_every_process()
    {
        var path = Path.Combine(_folder.FullName, "restarted.db");
        await using (var before = await StoreInstance.OpenAsync(Settings(path)))
        {
            await before.Store.WriteAsync("plum", null, "r1", minimumFence: 5);
        }

        await using var after = await StoreInstance.OpenAsync(Settings(path));

        var snapshot = await after.Store.ReadAsync("plum");
        Assert.Equal("r1", snapshot.Record!.Revision);
        Assert.Equal(5, snapshot.Fence);
    }

    [Fact]
    public async Task A_record_that_is_read_again_and_is_the_same_is_kept_once()
    {
        await using var instance = await OpenInstanceAsync();
        await using var other = await OpenInstanceAsync();
        await instance.Store.WriteAsync("plum", null, "r1");
        var first = await instance.Store.ReadAsync("plum");
        await other.Store.WriteAsync("pear", null, "r1");

        var again = await instance.Store.ReadAsync("plum");
        await instance.Store.WriteAsync("plum", "r1", "r2");

        Assert.Same(first.Record, again.Record);
        Assert.Equal("r2", (await instance.Store.ReadAsync("plum")).Record!.Revision);
    }

    /// <summary>A thousand credentials are polled every few seconds: what that allocates is most of what an idle process leaves to the collector.</summary>
    [Fact]
    public async Task A_credential_that_nobody_has_written_costs_nothing_to_look_at_again()
    {
        await using var instance = await OpenInstanceAsync();
        await instance.Store.WriteAsync("plum", null, "r1");
        await instance.Store.ReadAsync("plum");
        await instance.Store.WriteAsync("pear", null, "r1");

        var bytes = await Task.Run(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var look = instance.Store.ReadAsync("plum");
            Assert.True(look.IsCompletedSuccessfully);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

        Assert.InRange(bytes, 1, 160); // The snapshot and its task.
    }

    /// <summary>A write of this process, one of another, and one that is no announcement and no record.</summary>
    [Fact]
    public async Task What_was_read_is_remembered_until_anybody_writes()
    {
        await using var instance = await OpenInstanceAsync();
        await using var another = await OpenInstanceAsync();
        await instance.Store.WriteAsync("plum", null, "r1");
        var first = await instance.Store.ReadAsync("plum");

        Assert.Same(first.Record, (await instance.Store.ReadAsync("plum")).Record);
        Assert.True((await instance.Store.ReadAsync("plum")).StoreTime >= first.StoreTime);

        await instance.Store.WriteAsync("plum", "r1", "r2");
        Assert.Equal("r2", (await instance.Store.ReadAsync("plum")).Record!.Revision);
        await another.Store.WriteAsync("plum", "r2", "r3");
        Assert.Equal("r3", (await instance.Store.ReadAsync("plum")).Record!.Revision);
        Tamper("UPDATE record SET fence = 7");
        Assert.Equal(7, (await instance.Store.ReadAsync("plum")).Fence);
        await another.Store.AcquireAsync("plum", "lease_1");
        Assert.NotNull((await instance.Store.ReadAsync("plum")).Lease);
        await another.Store.ReleaseAsync("plum", "lease_1");
        Assert.Null((await instance.Store.ReadAsync("plum")).Lease);
    }

    [Theory]
    [InlineData("boot = 'another boot'")]
    [InlineData("expires = expires + 600000000, duration = 10000000")]
    public async Task A_lease_of_another_boot_or_with_more_left_than_it_was_given_is_dead(string change)
    {
        await using var instance = await OpenInstanceAsync();
        await instance.Store.AcquireAsync("plum", "lease_1");
        Tamper($"UPDATE lease SET {change}");

        Assert.Null((await instance.Store.ReadAsync("plum")).Lease);
        Assert.Equal(WriteOutcome.LeaseLost, await instance.Store.WriteAsync("plum", null, "r1", new LeaseGuard("lease_1", 1)));
        Assert.Equal(2, (await instance.Store.AcquireAsync("plum", "lease_2")).Snapshot.Fence);
    }

    [Fact]
    public async Task Many_instances_may_start_on_a_new_file_at_once()
    {
        var path = Path.Combine(_folder.FullName, "new", "tokengateway.db");

        var instances = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => StoreInstance.OpenAsync(Settings(path)))));

        Assert.All(await Task.WhenAll(instances.Select(instance => instance.Store.ReadAsync("plum"))), snapshot => Assert.Null(snapshot.Record));
        foreach (var instance in instances)
        {
            await instance.DisposeAsync();
        }

        Assert.Equal(path, Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!)));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_refused_at_the_start_with_the_setting_to_change()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "file"), "");
        var path = Path.Combine(_folder.FullName, "file", "tokengateway.db");

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => StoreInstance.OpenAsync(Settings(path)));

        Assert.Equal(
            $"The store file '{path}' cannot be created or written: set TokenGateway:Store:Path to a file in a folder that this process may write.",
            exception.Message);
    }

    [Fact]
    public async Task A_file_that_is_not_a_database_is_refused_with_a_remedy()
    {
        var path = Path.Combine(_folder.FullName, "letter.txt");
        File.WriteAllText(path, new string('x', 4096));

        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => StoreInstance.OpenAsync(Settings(path)));

        Assert.Contains($"'{path}' is damaged or not a database", exception.Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 4096), File.ReadAllText(path));
    }

    [Fact]
    public async Task A_writer_that_holds_the_file_too_long_makes_writes_unavailable_within_the_timeout_but_not_reads()
    {
        var settings = Settings(FilePath) with { OperationTimeout = TimeSpan.FromMilliseconds(300) };
        await using var instance = await StoreInstance.OpenAsync(settings);
        using var holder = Connect();
        using var begin = new SqliteCommand("BEGIN IMMEDIATE", holder);
        begin.ExecuteNonQuery();

        var started = TimeProvider.System.GetTimestamp();
        var exception = await Assert.ThrowsAsync<StoreUnavailableException>(() => instance.Store.WriteAsync("plum", null, "r1"));

        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(900));
        Assert.Contains("stayed locked for longer than TokenGateway:Store:OperationTimeout", exception.Message, StringComparison.Ordinal);
        Assert.Null((await instance.Store.ReadAsync("plum")).Record);
        using var end = new SqliteCommand("ROLLBACK", holder);
        end.ExecuteNonQuery();
        Assert.Equal(WriteOutcome.Written, await instance.Store.WriteAsync("plum", null, "r1"));
    }

    private static StoreSettings Settings(string path) => new() { Path = path, OperationTimeout = TimeSpan.FromSeconds(10) };

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        connection.Open();
        return connection;
    }

    private void Tamper(string sql)
    {
        using var connection = Connect();
        using var command = new SqliteCommand(sql, connection);
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}
