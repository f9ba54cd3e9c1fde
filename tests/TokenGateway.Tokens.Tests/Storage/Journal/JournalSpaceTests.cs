using TokenGateway.Tokens.Endpoint;
using static TokenGateway.Tokens.Tests.Storage.Journal.JournalSamples;

namespace TokenGateway.Tokens.Tests.Storage.Journal;

/// <summary>A disk without space refuses a rotation, never an answer.</summary>
public sealed class JournalSpaceTests
{
    private readonly MemoryDisk _disk = new();

    [Fact]
    public async Task Keep_within_a_reservation_succeeds_on_a_full_disk_and_takes_no_block()
    {
        var journal = await OpenAsync(_disk);
        using var one = await journal.ReserveAsync(AnswerBody.Limit + 1000);
        using var other = await journal.ReserveAsync(AnswerBody.Limit + 1000);
        var used = _disk.Blocks = _disk.UsedBlocks;

        await one.KeepAsync(Answer(1, size: AnswerBody.Limit));
        await other.KeepAsync(Answer(2, size: AnswerBody.Limit));

        Assert.Equal(used, _disk.UsedBlocks);
        _disk.CrashMachine();
        Assert.Equal(2, (await OpenAsync(_disk)).Find("plum").Answers.Count);
    }

    [Fact]
    public async Task Reserve_has_its_blocks_on_disk_when_it_returns()
    {
        var journal = await OpenAsync(_disk);
        using var reservation = await journal.ReserveAsync(AnswerBody.Limit);
        var used = _disk.UsedBlocks;

        _disk.CrashMachine();

        Assert.Equal(used, _disk.UsedBlocks);
    }

    [Fact]
    public async Task Reserve_on_a_full_disk_throws_and_says_what_helps()
    {
        var journal = await OpenAsync(_disk);
        using var reservation = await journal.ReserveAsync(AnswerBody.Limit);
        _disk.Blocks = _disk.UsedBlocks;

        var error = await Assert.ThrowsAsync<IOException>(() => journal.ReserveAsync(AnswerBody.Limit));

        Assert.Contains("TokenGateway:Store:JournalPath", error.Message, StringComparison.Ordinal);
        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
        await reservation.KeepAsync(Answer(1, size: AnswerBody.Limit - 1000));
    }

    [Fact]
    public async Task Reserve_that_failed_succeeds_once_there_is_space()
    {
        var journal = await OpenAsync(_disk);
        _disk.Blocks = 3;
        await Assert.ThrowsAsync<IOException>(() => journal.ReserveAsync(AnswerBody.Limit));
        _disk.Blocks = long.MaxValue;

        using var reservation = await journal.ReserveAsync(AnswerBody.Limit);
        await reservation.KeepAsync(Answer(1));

        _disk.CrashMachine();
        Assert.Equal(Text(Answer(1)), Text(Assert.Single((await OpenAsync(_disk)).Find("plum").Answers)));
    }

    [Fact]
    public async Task Settle_on_a_full_disk_does_not_throw_and_leaves_reserved_room_alone()
    {
        var journal = await OpenAsync(_disk);
        using var reservation = await journal.ReserveAsync(AnswerBody.Limit + 1000);
        _disk.Blocks = _disk.UsedBlocks;
        for (var number = 0; number < 200; number++)
        {
            await journal.SettleAsync("pear", Record(number));
        }

        await reservation.KeepAsync(Answer(1, size: AnswerBody.Limit));

        Assert.Equal(Text(Record(199)), Text(Assert.Single(journal.Find("pear").Records)));
        _disk.CrashMachine();
        Assert.Single((await OpenAsync(_disk)).Find("plum").Answers);
    }

    [Fact]
    public async Task Settle_that_the_disk_refused_is_made_up_for_when_there_is_space()
    {
        var journal = await OpenAsync(_disk);
        await journal.KeepAsync(Answer(1));
        _disk.StepsToLive = 0;
        await journal.SettleAsync("plum", Record(2));
        _disk.StepsToLive = int.MaxValue;

        await journal.KeepAsync(Answer(3, "pear"));

        _disk.CrashMachine();
        var found = (await OpenAsync(_disk)).Find("plum");
        Assert.Equal(Text(Record(2)), Text(Assert.Single(found.Records)));
        Assert.Empty(found.Answers);
    }

    [Fact]
    public async Task Reservation_that_is_given_back_is_room_for_the_next()
    {
        var journal = await OpenAsync(_disk);
        (await journal.ReserveAsync(AnswerBody.Limit)).Dispose();
        var used = _disk.UsedBlocks;

        for (var number = 0; number < 100; number++)
        {
            using var reservation = await journal.ReserveAsync(AnswerBody.Limit);
        }

        Assert.Equal(used, _disk.UsedBlocks);
    }

    [Fact]
    public async Task Keep_into_a_file_that_fails_goes_to_a_new_one()
    {
        var disk = new FailingFiles(_disk);
        var journal = await OpenAsync(disk);
        await journal.KeepAsync(Answer(1));
        using var reservation = await journal.ReserveAsync(AnswerBody.Limit);
        disk.FailExisting();

        await reservation.KeepAsync(Answer(2));

        _disk.CrashMachine();
        Assert.Equal([Text(Answer(1)), Text(Answer(2))], (await OpenAsync(_disk)).Find("plum").Answers.Select(Text));
    }

    [Fact]
    public async Task Keep_on_a_disk_that_is_gone_throws_and_reserve_refuses_until_it_is_back()
    {
        var journal = await OpenAsync(_disk);
        using var reservation = await journal.ReserveAsync(AnswerBody.Limit);
        _disk.StepsToLive = 0;
        await Assert.ThrowsAsync<IOException>(() => reservation.KeepAsync(Answer(1)));
        await Assert.ThrowsAsync<IOException>(() => journal.ReserveAsync(1));
        _disk.StepsToLive = int.MaxValue;

        using var next = await journal.ReserveAsync(1);

        _disk.CrashMachine();
        Assert.Equal(Text(Answer(1)), Text(Assert.Single((await OpenAsync(_disk)).Find("plum").Answers)));
    }
}
