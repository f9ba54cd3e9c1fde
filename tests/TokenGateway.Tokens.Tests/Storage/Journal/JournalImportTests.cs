using TokenGateway.Tokens.Storage.Journal;
using TokenGateway.Tokens.Telemetry;
using TokenGateway.Tokens.Tests.Endpoint;
using static TokenGateway.Tokens.Tests.Storage.Journal.JournalSamples;

namespace TokenGateway.Tokens.Tests.Storage.Journal;

/// <summary>A starting process takes over what dead ones left, and nothing else.</summary>
public sealed class JournalImportTests
{
    private readonly MemoryDisk _disk = new();

    [Fact]
    public async Task Open_takes_over_dead_processes_files_and_leaves_one_of_its_own()
    {
        LeaveFile("dead_1", new AnswerKept(Answer(1)), new RecordKept("plum", Record(10)));
        LeaveFile("dead_2", new CredentialSettled("plum", Record(11), []), new AnswerKept(Answer(2)));

        var journal = await OpenAsync(_disk);

        Assert.Equal(Text(new JournalFindings([Answer(1), Answer(2)], [Record(10), Record(11)])), Text(journal.Find("plum")));
        Assert.DoesNotContain(Assert.Single(_disk.Names), new[] { "dead_1", "dead_2" });
        _disk.CrashMachine();
        Assert.Equal(Text(journal.Find("plum")), Text((await OpenAsync(_disk)).Find("plum")));
    }

    [Fact]
    public async Task Open_files_that_repeat_each_other_finds_everything_once()
    {
        LeaveFile("dead_1", new AnswerKept(Answer(1)), new RecordKept("plum", Record(10)));
        LeaveFile("dead_2", new AnswerKept(Answer(1)), new RecordKept("plum", Record(10)));

        var found = (await OpenAsync(_disk)).Find("plum");

        Assert.Equal(Text(new JournalFindings([Answer(1)], [Record(10)])), Text(found));
    }

    [Fact]
    public async Task Open_crashed_at_any_step_loses_nothing()
    {
        for (var step = 0; step < 30; step++)
        {
            var disk = new MemoryDisk();
            disk.Leave("dead_1", Bytes(KeyA, new AnswerKept(Answer(1))));
            disk.Leave("dead_2", Bytes(KeyA, new AnswerKept(Answer(2)), new RecordKept("plum", Record(3))));
            disk.StepsToLive = step;
            await TryOpenAsync(disk);

            disk.CrashMachine();
            var found = (await OpenAsync(disk)).Find("plum");

            Assert.Equal(["next_1", "next_2"], found.Answers.Select(answer => answer.NextId).Order());
            Assert.Single(found.Records);
        }
    }

    [Fact]
    public async Task Open_without_space_of_its_own_finds_everything_and_deletes_nothing()
    {
        LeaveFile("dead_1", new AnswerKept(Answer(1)));
        LeaveFile("dead_2", new AnswerKept(Answer(1)));
        _disk.Blocks = _disk.UsedBlocks;

        var journal = await OpenAsync(_disk);

        Assert.Single(journal.Find("plum").Answers);
        Assert.Superset(new HashSet<string> { "dead_1", "dead_2" }, _disk.Names.ToHashSet());
    }

    [Fact]
    public async Task Open_a_file_under_an_unknown_key_leaves_it_until_the_key_is_back()
    {
        var log = new CapturedLog();
        _disk.Leave("foreign", Bytes(KeyB, new AnswerKept(Answer(1))));

        var journal = await OpenAsync(_disk, Keys(KeyA), log);

        Assert.Same(JournalFindings.None, journal.Find("plum"));
        Assert.Contains("foreign", _disk.Names);
        Assert.Contains($"{EventIds.JournalFileForeign} Error", log.Text, StringComparison.Ordinal);
        Assert.Contains(Keys(KeyB).CurrentKeyId, log.Text, StringComparison.Ordinal);

        _disk.KillProcess();
        var next = await OpenAsync(_disk, Keys(KeyA, KeyB));
        Assert.Single(next.Find("plum").Answers);
        Assert.DoesNotContain("foreign", _disk.Names);
    }

    [Fact]
    public async Task Open_under_a_new_first_key_wraps_what_it_takes_over_again()
    {
        _disk.Leave("old", Bytes(KeyB, new AnswerKept(Answer(1))));
        await OpenAsync(_disk, Keys(KeyA, KeyB));

        _disk.KillProcess();

        Assert.Single((await OpenAsync(_disk, Keys(KeyA))).Find("plum").Answers);
    }

    [Fact]
    public async Task Open_an_entry_of_a_later_version_leaves_its_file()
    {
        var frames = new JournalFrames(Keys());
        var bytes = frames.Seal([99, 1, (byte)'x']);
        _disk.Leave("later", bytes);

        await OpenAsync(_disk);

        Assert.Contains("later", _disk.Names);
    }

    private static async Task TryOpenAsync(MemoryDisk disk) =>
        await Xunit.Record.ExceptionAsync(async () => await OpenAsync(disk));

    private static byte[] Bytes(byte[] key, params JournalEntry[] entries) => [.. entries.SelectMany(new JournalFrames(Keys(key)).Write)];

    private void LeaveFile(string name, params JournalEntry[] entries) => _disk.Leave(name, Bytes(KeyA, entries));
}
