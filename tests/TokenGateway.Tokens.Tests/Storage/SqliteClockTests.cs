using Microsoft.Data.Sqlite;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>The embedded store's time: no setting of the machine's clock moves it, no boot takes it back, and all processes share it.</summary>
public sealed class SqliteClockTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokengateway-clock-");

    private string FilePath => Path.Combine(_folder.FullName, "store.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(24)]
    [InlineData(-24)]
    public async Task A_wall_clock_that_is_set_moves_it_in_no_process(int hours)
    {
        var machine = new Machine();
        await using var here = await OpenAsync(machine);
        machine.Wall += TimeSpan.FromHours(hours);
        machine.Elapsed += Hour;
        await using var there = await OpenAsync(machine);

        Assert.Equal(Noon + Hour, (await here.Store.ReadAsync("plum")).StoreTime);
        Assert.Equal(Noon + Hour, (await there.Store.ReadAsync("plum")).StoreTime);
    }

    [Fact]
    public async Task Of_many_that_start_on_a_new_file_one_decides_it_for_all()
    {
        var machines = Enumerable.Range(0, 8).Select(hours => new Machine { Wall = Noon + (hours * Hour) });

        var instances = await Task.WhenAll(machines.Select(machine => Task.Run(() => OpenAsync(machine))));

        var times = await Task.WhenAll(instances.Select(async instance => (await instance.Store.ReadAsync("plum")).StoreTime));
        Assert.Single(times.Distinct());
        foreach (var instance in instances)
        {
            await instance.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_boot_with_a_clock_in_the_past_goes_on_from_the_last_lease_or_record(bool lease)
    {
        var before = new Machine { Elapsed = 100 * Hour };
        await using (var instance = await OpenAsync(before))
        {
            before.Elapsed += Hour;
            await (lease ? instance.Store.AcquireAsync("plum", "lease_1") : (Task)instance.Store.WriteAsync("plum", null, "r1"));
        }

        Boot();
        await using var after = await OpenAsync(new Machine { Wall = Noon - (24 * Hour) });

        Assert.Equal(Noon + Hour, (await after.Store.ReadAsync("plum")).StoreTime);
    }

    [Fact]
    public async Task A_boot_with_a_clock_that_went_on_goes_by_it()
    {
        await using (await OpenAsync(new Machine()))
        {
        }

        Boot();
        await using var after = await OpenAsync(new Machine { Wall = Noon + (24 * Hour) });

        Assert.Equal(Noon + (24 * Hour), (await after.Store.ReadAsync("plum")).StoreTime);
    }

    [Fact]
    public async Task A_boot_that_the_kernel_does_not_tell_from_the_last_is_known_by_its_young_clock()
    {
        await using (await OpenAsync(new Machine { Elapsed = 100 * Hour }))
        {
        }

        await using var after = await OpenAsync(new Machine { Wall = Noon + (24 * Hour) });

        Assert.Equal(Noon + (24 * Hour), (await after.Store.ReadAsync("plum")).StoreTime);
    }

    [Fact]
    public async Task On_the_real_clock_the_offset_in_the_file_counts_and_not_the_time_of_day()
    {
        await using (await OpenAsync(TimeProvider.System))
        {
        }

        Execute($"UPDATE clock SET offset = offset + {Hour.Ticks}");
        await using var instance = await OpenAsync(TimeProvider.System);

        var ahead = (await instance.Store.ReadAsync("plum")).StoreTime - TimeProvider.System.GetUtcNow();
        Assert.InRange(ahead, Hour - TimeSpan.FromMinutes(1), Hour + TimeSpan.FromMinutes(1));
    }

    private Task<StoreInstance> OpenAsync(TimeProvider time) =>
        StoreInstance.OpenAsync(new StoreSettings { Path = FilePath, OperationTimeout = TimeSpan.FromSeconds(10) }, time);

    private void Boot() => Execute("UPDATE clock SET boot = 'another boot'");

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        connection.Open();
        using var command = new SqliteCommand(sql, connection);
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    /// <summary>A machine's two clocks: one that people set, and one that counts from the boot.</summary>
    private sealed class Machine : TimeProvider
    {
        public DateTimeOffset Wall { get; set; } = Noon;

        public TimeSpan Elapsed { get; set; } = Hour;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => Elapsed.Ticks;
    }
}
