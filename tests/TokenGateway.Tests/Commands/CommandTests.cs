using System.Text.RegularExpressions;
using TokenGateway.Commands;

namespace TokenGateway.Tests.Commands;

public sealed partial class CommandTests : IDisposable
{
    private const string Good = """
        { "Urls": "http://127.0.0.1:0", "TokenGateway": { "Management": { "Url": "http://127.0.0.1:0" }, "ShutdownDelay": "00:00:00" } }
        """;

    private const string Bad = """
        { "ReverseProxy": {
            "Routes": {
              "one": { "ClusterId": "nowhere", "Match": { "Path": "/one" } },
              "two": { "ClusterId": "api", "Match": { "Path": "/two" }, "Transforms": [ { "BearerToken": "plum" } ] },
              "three": { "ClusterId": "api", "Match": { } } },
            "Clusters": { "api": { "LoadBalancingPolicy": "Fairest", "Destinations": { "a": { "Address": "http://127.0.0.1:1" } } } } } }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("tokengateway-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Check_names_every_error_on_a_line_of_its_own_with_its_path()
    {
        var (code, _, error) = await InvokeAsync("check", "--config", Write(Bad));

        Assert.Equal(2, code);
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.Contains(lines, line => line.StartsWith("ReverseProxy:Routes:one:ClusterId names 'nowhere'", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("ReverseProxy:Routes:two: ", StringComparison.Ordinal) && line.Contains("BearerToken names the credential 'plum'", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("ReverseProxy:Routes:three: ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("ReverseProxy:Clusters:api: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_names_values_that_cannot_be_converted_each_with_its_route()
    {
        var (code, _, error) = await InvokeAsync("check", "--config", Write(Good), "--ReverseProxy:Routes:one:Order=first", "--ReverseProxy:Clusters:api:HttpClient:MaxConnectionsPerServer=many");

        Assert.Equal(2, code);
        Assert.Contains("ReverseProxy:Routes:one: ", error, StringComparison.Ordinal);
        Assert.Contains("ReverseProxy:Clusters:api: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"Urls\": ", "is not valid JSON at line 1")]
    [InlineData(null, "does not exist")]
    public async Task Check_of_a_file_that_cannot_be_read_is_one_line_and_exit_code_2(string? text, string reason)
    {
        var file = text is null ? Path.Combine(_folder, "missing.json") : Write(text);

        var (code, _, error) = await InvokeAsync("check", "--config", file);

        Assert.Equal(2, code);
        Assert.Contains(file, error, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_of_a_good_configuration_is_exit_code_0()
    {
        var (code, _, error) = await InvokeAsync("check", "--config", Write(Good));

        Assert.Equal((0, ""), (code, error));
    }

    [Theory]
    [InlineData(1, "rnu")]
    [InlineData(1, "run", "extra")]
    [InlineData(2, "check", "--Urls")]
    [InlineData(2, "doctor", "extra")]
    public async Task Word_that_is_neither_a_command_nor_a_setting_is_refused(int exitCode, params string[] args)
    {
        var (code, _, error) = await InvokeAsync(args);

        Assert.Equal(exitCode, code);
        Assert.Contains($"'{args[^1]}' is neither a command nor a setting", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keygen_prints_32_bytes_that_are_new_each_time()
    {
        var first = await InvokeAsync("keygen");
        var second = await InvokeAsync("keygen");

        Assert.Equal(32, Convert.FromBase64String(first.Output.Trim()).Length);
        Assert.NotEqual(first.Output, second.Output);
    }

    [Theory]
    [InlineData("keygen", "extra")]
    [InlineData("demo", "--bogus")]
    public async Task Command_without_settings_refuses_what_it_does_not_know_and_does_nothing(string command, string word)
    {
        var (code, output, error) = await InvokeAsync(command, word);

        Assert.Equal((1, ""), (code, output));
        Assert.Contains($"'{word}' is not an argument of {command}", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("run")]
    [InlineData("demo")]
    [InlineData("check")]
    [InlineData("doctor")]
    [InlineData("status")]
    [InlineData("rotate", "plum")]
    [InlineData("reseed", "plum")]
    [InlineData("keygen")]
    public async Task Version_is_told_on_every_command_which_then_does_nothing_else(params string[] args)
    {
        var (code, output, _) = await InvokeAsync([.. args, "--version"]);

        Assert.Equal(0, code);
        Assert.Matches(@"^\d+\.\d+\.\d+\S*\s*$", output);
    }

    [Fact]
    public async Task Help_lists_the_commands_with_examples()
    {
        var (code, output, _) = await InvokeAsync("--help");

        Assert.Equal(0, code);
        foreach (var word in new[] { "run", "demo", "check", "keygen", "--config", "Examples:" })
        {
            Assert.Contains(word, output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Run_with_a_bad_configuration_lists_every_error_and_exits_1_without_a_stack_trace()
    {
        using var process = new GatewayProcess(_folder, "--config", Write(Bad));

        var (code, _, error) = await process.ExitAsync();

        Assert.Equal(1, code);
        Assert.Equal(4, error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-TERM")]
    [InlineData("-INT")]
    public async Task Run_reads_the_working_directorys_file_says_where_it_listens_and_ends_with_0_on_a_signal(string signal)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "appsettings.json"), Good);
        using var process = new GatewayProcess(_folder);
        var line = await process.Output.ReadLineAsync();
        var urls = Url().Matches(line!).Select(match => match.Value).ToArray();
        using var client = new HttpClient();
        Assert.Equal("ok\n", await client.GetStringAsync($"{urls[1]}/readyz"));

        await process.SignalAsync(signal);

        Assert.Equal(0, (await process.ExitAsync()).Code);
    }

    [Fact]
    public async Task Second_signal_ends_the_process_at_once()
    {
        using var process = new GatewayProcess(_folder, "--config", Write(Good), "--TokenGateway:ShutdownDelay=01:00:00");
        await process.Output.ReadLineAsync();
        await process.SignalAsync("-TERM");
        Assert.Contains("Shutting down", await process.Output.ReadLineAsync(), StringComparison.Ordinal);

        await process.SignalAsync("-TERM");

        Assert.NotEqual(0, (await process.ExitAsync()).Code);
    }

    [Fact]
    public async Task Address_in_use_is_one_line_and_exit_code_1()
    {
        await using var taken = await Gateway.Upstream.StartAsync();
        using var process = new GatewayProcess(_folder, "--config", Write(Good), $"--Urls={taken.Url}");

        var (code, _, error) = await process.ExitAsync();

        Assert.Equal(1, code);
        Assert.Contains("in use", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private string Write(string text)
    {
        var file = Path.Combine(_folder, "gateway.json");
        File.WriteAllText(file, text);
        return file;
    }

    private static async Task<(int Code, string Output, string Error)> InvokeAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await GatewayCommandLine.InvokeAsync(args, new CommandOutput(output, error));
        return (code, output.ToString(), error.ToString());
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Url();
}
