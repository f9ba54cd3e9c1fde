using Microsoft.Extensions.Configuration;
using TokenGateway.Commands;
using TokenGateway.Hosting;

namespace TokenGateway.Tests.Commands;

public sealed class ConfigurationSourcesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tokengateway-").FullName;

    private string File => Path.Combine(_folder, "gateway.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void File_that_is_changed_to_no_json_keeps_what_it_said_and_shows_until_it_is_mended()
    {
        var health = new ConfigurationHealth();
        Write("""{ "A": "1" }""");
        using var configuration = (ConfigurationRoot)ConfigurationSources.Build(File, [], health);

        Write("""{ "A": """);
        configuration.Reload();

        Assert.Equal("1", configuration["A"]);
        Assert.StartsWith("gateway.json cannot be read: ", health.Problem, StringComparison.Ordinal);

        Write("""{ "A": "2" }""");
        configuration.Reload();

        Assert.Equal("2", configuration["A"]);
        Assert.Null(health.Problem);
    }

    [Fact]
    public void Command_line_wins_over_the_file()
    {
        Write("""{ "A": { "B": "file" }, "C": "file" }""");

        using var configuration = (ConfigurationRoot)ConfigurationSources.Build(File, ["--A:B=line"], new ConfigurationHealth());

        Assert.Equal(("line", "file"), (configuration["A:B"], configuration["C"]));
    }

    private void Write(string text) => System.IO.File.WriteAllText(File, text);
}
