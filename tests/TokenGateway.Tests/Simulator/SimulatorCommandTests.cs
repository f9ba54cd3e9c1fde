using System.Diagnostics;
using System.Net;
using TokenGateway.Simulator.Commands;

namespace TokenGateway.Tests.Simulator;

public sealed class SimulatorCommandTests
{
    [Theory]
    [InlineData("unknown option --colour", "--colour", "red")]
    [InlineData("--latency: must be a duration such as 00:00:20", "--latency", "long")]
    [InlineData("--client-id needs a value", "--client-id")]
    [InlineData("unexpected argument run", "run")]
    [InlineData("--client-id is given twice", "--client-id", "a", "--client-id=b")]
    [InlineData("AccessTokenLifetime must be above zero", "--access-token-lifetime", "00:00:00")]
    [InlineData("--expiry-fields: must be one of None, Numbers, Strings", "--expiry-fields", "1")]
    [InlineData("provider must be one of airtable, atlassian, auth0", "--provider", "acme")]
    [InlineData("must be one plain http address", "--urls", "https://127.0.0.1:0")]
    [InlineData("must be one plain http address", "--upstream-urls", "http://127.0.0.1:1;http://127.0.0.1:2")]
    public async Task Run_with_a_wrong_option_says_so_in_one_line_and_fails(string message, params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());

        var code = await SimulatorCommand.RunAsync(args, output, error, CancellationToken.None);

        Assert.Equal((1, ""), (code, output.ToString()));
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", error.ToString(), StringComparison.Ordinal);
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Process_with_a_wrong_variable_names_it_and_exits_with_1()
    {
        using var process = Start([("SIMULATOR__Colour", "red")]);

        Assert.Equal("", await process.StandardOutput.ReadToEndAsync());
        Assert.Equal("simulator: unknown option SIMULATOR__Colour", (await process.StandardError.ReadToEndAsync()).Trim());
        await process.WaitForExitAsync();
        Assert.Equal(1, process.ExitCode);
    }

    [Fact]
    public async Task Run_with_help_lists_every_option()
    {
        var output = new StringWriter();

        Assert.Equal(0, await SimulatorCommand.RunAsync(["--help"], output, TextWriter.Null, CancellationToken.None));

        foreach (var option in new[] { "--urls", "--upstream-urls", "--refresh-token", "--provider", "--access-token-lifetime", "--validate-failure-shape" })
        {
            Assert.Contains($"  {option} ", output.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Process_offers_what_it_prints_and_ends_on_Ctrl_C()
    {
        using var process = Start(
            "--urls", "http://127.0.0.1:0", "--upstream-urls=http://127.0.0.1:0", "--access-token-lifetime", "00:00:20", "--refresh-token", "seed-0");
        try
        {
            var printed = await ReadWelcomeAsync(process);
            var url = printed.Single(line => line.Contains("OAuthUrl", StringComparison.Ordinal)).Split(' ')[^1];
            var upstream = printed.Single(line => line.StartsWith("  upstream", StringComparison.Ordinal)).Split(' ')[^1];
            var rotate = printed.Single(line => line.Contains("refresh_token=seed-0", StringComparison.Ordinal));
            Assert.Contains($"curl -s {url}/v1/oauth/token/user", rotate, StringComparison.Ordinal);

            var fields = rotate.Split(" -d ")[1..].Select(field => field.Split('=')).Select(pair => KeyValuePair.Create(pair[0], pair[1]));
            var grant = await SimulatorCalls.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"{url}/v1/oauth/token/user") { Content = new FormUrlEncodedContent(fields) });
            Assert.Equal(20, grant.Number("expires_in"));
            Assert.Equal(HttpStatusCode.OK, (await SimulatorCalls.GetAsync($"{upstream}hello", grant.AccessToken)).Status);

            using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
            await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System).Token);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task Process_takes_settings_from_the_environment_and_the_command_line_wins()
    {
        using var process = Start(
            [("SIMULATOR__ClientId", "from-env"), ("SIMULATOR__RefreshToken", "seed-env"), ("SIMULATOR__Urls", "http://127.0.0.1:0")],
            "--upstream-urls", "http://127.0.0.1:0", "--client-id", "from-args");
        try
        {
            var printed = string.Join('\n', await ReadWelcomeAsync(process));
            Assert.Contains("from-args", printed, StringComparison.Ordinal);
            Assert.Contains("seed-env", printed, StringComparison.Ordinal);
            Assert.DoesNotContain("from-env", printed, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
        }
    }

    private static Process Start(params string[] args) => Start([], args);

    private static Process Start((string Name, string Value)[] environment, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "TokenGateway.Simulator.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task<List<string>> ReadWelcomeAsync(Process process)
    {
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (line.StartsWith("Ctrl-C", StringComparison.Ordinal))
            {
                return lines;
            }
        }

        Assert.Fail($"the simulator ended after: {string.Join('\n', lines)}");
        return lines;
    }
}
