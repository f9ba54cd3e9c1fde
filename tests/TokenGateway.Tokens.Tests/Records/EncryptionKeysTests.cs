using System.Runtime.Versioning;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Tests.Records;

/// <summary>The embedded store's own key file.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class EncryptionKeysTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokengateway-keys-");

    private string KeyFile => Settings.Store.Path + ".key";

    private TokenGatewaySettings Settings => new() { Store = new StoreSettings { Path = Path.Combine(_folder.FullName, "store.db") } };

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Key_file_is_made_for_its_owner_only_and_is_the_same_the_next_time()
    {
        var key = Load();

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(KeyFile));
        Assert.Equal([KeyFile], Directory.GetFiles(_folder.FullName));
        Assert.Equal(key, Load());
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Key_file_that_others_may_read_or_write_is_refused_with_the_remedy(UnixFileMode others)
    {
        var key = Load();
        File.SetUnixFileMode(KeyFile, OwnerOnly | others);

        Assert.Equal($"The key file {KeyFile} may be read by others: run 'chmod 600 {KeyFile}'.", Assert.Throws<InvalidOperationException>(Load).Message);
        File.SetUnixFileMode(KeyFile, OwnerOnly);
        Assert.Equal(key, Load());
    }

    [Fact]
    public void Processes_that_start_at_once_have_one_key()
    {
        const int Many = 4;
        using var start = new Barrier(Many);
        for (var round = 0; round < 200; round++)
        {
            var keys = new string[Many];
            var threads = Enumerable.Range(0, Many).Select(number => new Thread(() =>
            {
                start.SignalAndWait();
                keys[number] = Load();
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());

            Assert.Single(keys.Distinct(StringComparer.Ordinal));
            Assert.Equal([KeyFile], Directory.GetFiles(_folder.FullName));
            File.Delete(KeyFile);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("dG9vIHNob3J0")]
    public void Key_file_that_holds_no_key_is_refused_and_left_as_it_is(string content)
    {
        Load();
        File.WriteAllText(KeyFile, content);

        Assert.Contains("does not hold 32 bytes of base64", Assert.Throws<InvalidOperationException>(Load).Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(KeyFile));
    }

    private string Load() => EncryptionKeys.Load(Settings, RandomSource.System).CurrentKeyId;
}
