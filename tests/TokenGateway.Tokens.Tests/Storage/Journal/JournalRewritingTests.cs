using static TokenGateway.Tokens.Tests.Storage.Journal.JournalSamples;

namespace TokenGateway.Tokens.Tests.Storage.Journal;

/// <summary>A log that outgrew its content is left for a new one.</summary>
public sealed class JournalRewritingTests
{
    private const int BlocksOfTwoMegabytes = 512;
    private readonly MemoryDisk _disk = new();

    [Fact]
    public async Task Ten_thousand_rotations_stay_within_two_megabytes_and_lose_nothing_that_lives()
    {
        var journal = await OpenAsync(_disk);
        await journal.KeepAsync(Answer(1_000_000, "waiting"));
        _disk.Blocks = BlocksOfTwoMegabytes;

        for (var number = 0; number < 10_000; number++)
        {
            await journal.KeepAsync(Answer(number));
            await journal.SettleAsync("plum", Record(20_000 + number));
        }

        _disk.KillProcess();
        Assert.Single(_disk.Names);
        var next = await OpenAsync(_disk);
        Assert.Equal(Text(Answer(1_000_000, "waiting")), Text(Assert.Single(next.Find("waiting").Answers)));
        Assert.Equal(Text(Record(29_999)), Text(Assert.Single(next.Find("plum").Records)));
        Assert.Empty(next.Find("plum").Answers);
    }

    [Fact]
    public async Task Rewriting_takes_outstanding_reservations_along()
    {
        var disk = new FailingFiles(_disk);
        var journal = await OpenAsync(disk);
        using var one = await journal.ReserveAsync(1300);
        using var other = await journal.ReserveAsync(200_000);
        disk.FailExisting();
        await one.KeepAsync(Answer(1));

        var used = _disk.Blocks = _disk.UsedBlocks;
        await other.KeepAsync(Answer(2, size: 190_000));

        Assert.Equal(used, _disk.UsedBlocks);
    }

    [Fact]
    public async Task Crash_at_any_step_of_a_rewriting_loses_nothing()
    {
        var steps = await CrashAfterAsync(int.MaxValue);
        for (var step = 0; step <= steps; step++)
        {
            await CrashAfterAsync(step);
        }

        Assert.InRange(steps, 5, 100);
    }

    /// <summary>Lets the machine crash so many steps after a rewriting has begun, and says how many it took.</summary>
    private static async Task<int> CrashAfterAsync(int steps)
    {
        var disk = new MemoryDisk();
        var journal = await OpenAsync(disk);
        await journal.KeepAsync(Answer(1));
        await journal.KeepAsync(Answer(2, "pear"));
        await journal.SettleAsync("fig", Record(3));
        var first = disk.Names.Single();
        var number = 10;
        while (disk.BytesOf(first).Length <= 1024 * 1024)
        {
            await journal.SettleAsync("fig", Record(number++));
        }

        // The log is as long as it gets; the rewriting comes with one of the next few records.
        var before = disk.Steps;
        disk.StepsToLive = steps;
        while (disk.Names.SequenceEqual([first]) && disk.StepsToLive > 0)
        {
            await journal.SettleAsync("fig", Record(number++));
        }

        disk.CrashMachine();
        var next = await OpenAsync(disk);
        Assert.Equal(Text(Answer(1)), Text(Assert.Single(next.Find("plum").Answers)));
        Assert.Equal(Text(Answer(2, "pear")), Text(Assert.Single(next.Find("pear").Answers)));
        Assert.NotEmpty(next.Find("fig").Records);
        return disk.Steps - before;
    }
}
