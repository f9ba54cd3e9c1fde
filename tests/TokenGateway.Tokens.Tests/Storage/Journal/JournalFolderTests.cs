using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Storage.Journal;
using static TokenGateway.Tokens.Tests.Storage.Journal.JournalSamples;

namespace TokenGateway.Tokens.Tests.Storage.Journal;

/// <summary>Real files, real locks, a second real process.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class JournalFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private string JournalPath => Path.Combine(_folder.FullName, "new", "journal");

    private JournalFolder Disk => new(JournalPath);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Open_makes_folder_and_file_for_the_owner_only()
    {
        await using var journal = await OpenAsync(Disk);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(JournalPath));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(OwnFile()));
    }

    [Fact]
    public async Task Open_a_folder_that_cannot_be_made_says_which_setting()
    {
        var file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "");

        var error = await Assert.ThrowsAsync<IOException>(() => OpenAsync(new JournalFolder(Path.Combine(file, "journal"))));

        Assert.Contains("TokenGateway:Store:JournalPath", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reserve_allocates_real_blocks()
    {
        await using var journal = await OpenAsync(Disk);
        using var reservation = await journal.ReserveAsync(10 * AnswerBody.Limit);

        var blocks = long.Parse(await RunAsync("stat", "--format=%b", OwnFile()), CultureInfo.InvariantCulture);

        Assert.InRange(blocks * 512, 10 * AnswerBody.Limit, 20 * AnswerBody.Limit);
    }

    [Fact]
    public async Task Open_beside_a_living_journal_leaves_its_file_alone()
    {
        await using var living = await OpenAsync(Disk);
        await living.KeepAsync(Answer(1));

        await using var other = await OpenAsync(Disk);

        Assert.Same(JournalFindings.None, other.Find("plum"));
        Assert.Equal(2, Directory.GetFiles(JournalPath).Length);
    }

    [Fact]
    public async Task Open_after_another_has_closed_takes_its_file_over()
    {
        await using (var dead = await OpenAsync(Disk))
        {
            await dead.KeepAsync(Answer(1));
        }

        await using var journal = await OpenAsync(Disk);

        Assert.Equal(Text(Answer(1)), Text(Assert.Single(journal.Find("plum").Answers)));
        OwnFile();
    }

    [Fact]
    public async Task File_that_another_process_holds_is_left_until_that_is_killed()
    {
        await using (var dead = await OpenAsync(Disk))
        {
            await dead.KeepAsync(Answer(1));
        }

        var file = OwnFile();
        using var holder = await HoldAsync(file);
        await using (var early = await OpenAsync(Disk))
        {
            Assert.Same(JournalFindings.None, early.Find("plum"));
        }

        holder.Kill(entireProcessTree: true);
        await holder.WaitForExitAsync();
        await RunAsync("flock", file, "true"); // The killed process's child has the lock for a moment longer.
        await using var late = await OpenAsync(Disk);
        Assert.Single(late.Find("plum").Answers);
    }

    [Fact]
    public async Task File_of_a_living_journal_is_locked_for_other_processes()
    {
        await using var journal = await OpenAsync(Disk);

        var held = await RunAsync("sh", "-c", $"flock --nonblock '{OwnFile()}' true && echo free || echo held");

        Assert.Equal("held", held);
    }

    private string OwnFile() => Assert.Single(Directory.GetFiles(JournalPath));

    /// <summary>Another process that locks a file and keeps it until it is killed.</summary>
    private static async Task<Process> HoldAsync(string file)
    {
        var process = Start("flock", "--exclusive", "--nonblock", file, "sh", "-c", "echo held; exec cat");
        Assert.Equal("held", await process.StandardOutput.ReadLineAsync());
        return process;
    }

    private static async Task<string> RunAsync(string command, params string[] arguments)
    {
        using var process = Start(command, arguments);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Trim();
    }

    private static Process Start(string command, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(command, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true })!;
}
