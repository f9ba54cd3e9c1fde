using System.Globalization;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Tests.Storage;

public sealed class FirstFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokengateway-first-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Of_many_at_once_one_is_first_and_its_file_stays()
    {
        const int Many = 4;
        using var start = new Barrier(Many);
        for (var round = 0; round < 500; round++)
        {
            var path = Path.Combine(_folder.FullName, round.ToString(CultureInfo.InvariantCulture));
            var won = new bool[Many];
            var threads = Enumerable.Range(0, Many).Select(number => new Thread(() =>
            {
                File.WriteAllText(path + "." + number, number.ToString(CultureInfo.InvariantCulture));
                start.SignalAndWait();
                won[number] = FirstFile.TryPublish(path + "." + number, path);
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());

            var winner = Assert.Single(Enumerable.Range(0, Many), number => won[number]);
            Assert.Equal(winner.ToString(CultureInfo.InvariantCulture), File.ReadAllText(path));
            Array.ForEach(Directory.GetFiles(_folder.FullName), File.Delete);
        }
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error()
    {
        var made = Path.Combine(_folder.FullName, "made");
        File.WriteAllText(made, "");

        Assert.ThrowsAny<IOException>(() => FirstFile.TryPublish(made, Path.Combine(_folder.FullName, "missing", "name")));
        Assert.True(File.Exists(made));
    }
}
