using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Storage.Journal;
using static TokenGateway.Tokens.Tests.Storage.Journal.JournalSamples;

namespace TokenGateway.Tokens.Tests.Storage.Journal;

/// <summary>What one process keeps and the next one finds.</summary>
public sealed class JournalTests
{
    private readonly MemoryDisk _disk = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_is_kept_outlives_newer_records_and_a_restart_until_it_is_let_go(bool restarts)
    {
        var journal = await OpenAsync(_disk);
        await journal.KeepAsync(Answer(1));
        await journal.KeepAsync(Answer(2));

        await journal.SettleAsync("plum", Record(10), ["attempt_2"]);
        if (restarts)
        {
            _disk.KillProcess();
            journal = await OpenAsync(_disk);
        }

        Assert.Equal(["attempt_2"], journal.Find("plum").Answers.Select(answer => answer.AttemptId));
        await journal.SettleAsync("plum", Record(11), []);
        Assert.Empty(journal.Find("plum").Answers);
    }

    [Fact]
    public async Task Find_kept_answers_after_the_machine_crashed_finds_them_whole()
    {
        var journal = await OpenAsync(_disk);
        await journal.KeepAsync(Answer(1));
        await journal.KeepAsync(Answer(2, size: AnswerBody.Limit));
        await journal.KeepAsync(Answer(3, "pear"));

        _disk.CrashMachine();
        var next = await OpenAsync(_disk);

        Assert.Equal(Text(new JournalFindings([Answer(1), Answer(2, size: AnswerBody.Limit)], [])), Text(next.Find("plum")));
        Assert.Equal(Text(new JournalFindings([Answer(3, "pear")], [])), Text(next.Find("pear")));
        Assert.Same(JournalFindings.None, next.Find("fig"));
    }

    [Fact]
    public async Task Settle_forgets_the_credentials_answers_and_keeps_the_newest_record()
    {
        var journal = await OpenAsync(_disk);
        await journal.KeepAsync(Answer(1));
        await journal.KeepAsync(Answer(2, "pear"));
        await journal.SettleAsync("plum", Record(10));
        Assert.Equal(Text(new JournalFindings([], [Record(10)])), Text(journal.Find("plum")));

        _disk.KillProcess();
        var next = await OpenAsync(_disk);

        Assert.Equal(Text(new JournalFindings([], [Record(10)])), Text(next.Find("plum")));
        Assert.Equal(Text(new JournalFindings([Answer(2, "pear")], [])), Text(next.Find("pear")));
    }

    [Fact]
    public async Task Settle_with_the_record_that_a_rotation_began_from_keeps_its_answer()
    {
        var journal = await OpenAsync(_disk);
        await journal.KeepAsync(Answer(1));
        await journal.KeepAsync(Answer(2));

        await journal.SettleAsync("plum", Answer(2).InFlight);

        _disk.KillProcess();
        var expected = new JournalFindings([Answer(2)], [Answer(2).InFlight]);
        Assert.Equal(Text(expected), Text(journal.Find("plum")));
        Assert.Equal(Text(expected), Text((await OpenAsync(_disk)).Find("plum")));
    }

    [Fact]
    public async Task Settle_with_the_record_that_is_kept_writes_nothing()
    {
        var journal = await OpenAsync(_disk);
        await journal.SettleAsync("plum", Record(1));
        var steps = _disk.Steps;

        await journal.SettleAsync("plum", Record(1));

        Assert.Equal(steps, _disk.Steps);
    }

    [Fact]
    public async Task Keep_is_on_disk_before_it_returns_and_settle_need_not_be()
    {
        var journal = await OpenAsync(_disk);
        using var reservation = await journal.ReserveAsync(1000);
        var flushes = _disk.Flushes;

        await reservation.KeepAsync(Answer(1));
        Assert.Equal(flushes + 1, _disk.Flushes);

        await journal.SettleAsync("plum", Record(1));
        Assert.Equal(flushes + 1, _disk.Flushes);
    }

    [Fact]
    public async Task Calls_of_many_credentials_at_once_lose_nothing()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            await using (var journal = await OpenAsync(new FailingFiles(new JournalFolder(folder.FullName))))
            {
                await Parallel.ForEachAsync(Enumerable.Range(0, 200), async (number, _) =>
                {
                    await journal.KeepAsync(Answer(number, $"credential_{number}"));
                    if (number % 2 == 0)
                    {
                        await journal.SettleAsync($"credential_{number}", Record(1000 + number));
                    }
                });
            }

            await using var next = await OpenAsync(new JournalFolder(folder.FullName));
            for (var number = 0; number < 200; number++)
            {
                var name = $"credential_{number}";
                var expected = number % 2 == 0 ? new JournalFindings([], [Record(1000 + number)]) : new JournalFindings([Answer(number, name)], []);
                Assert.Equal(Text(expected), Text(next.Find(name)));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Nothing_prints_what_an_answer_holds()
    {
        var answer = Answer(1) with { Answer = Answer(1).Answer with { Body = "refresh_token_1"u8.ToArray() } };

        Assert.DoesNotContain("refresh_token_1", $"{answer} {new AnswerKept(answer)} {new JournalFindings([answer], [])}", StringComparison.Ordinal);
    }
}
