using TokenGateway.Commands;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Commands;

/// <summary>Which gateway the operator's commands ask, and what they read to find it.</summary>
public sealed class ManagementTargetTests : IDisposable
{
    private const string Broken = "{ \"TokenGateway\": ";

    private readonly string _folder = Directory.CreateTempSubdirectory("tokengateway-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("status")]
    [InlineData("rotate", "plum")]
    [InlineData("validate", "plum")]
    [InlineData("reseed", "plum", "--refresh-token-file", "-")]
    [InlineData("probe", "ready")]
    public async Task An_address_makes_the_configuration_unnecessary(params string[] command)
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));

        var (code, _, error) = await InvokeAsync([.. command, "--config", Write("broken.json", Broken), "--url", gateway.Host.ManagementAddresses.Single()]);

        Assert.Equal((0, ""), (code, error));
    }

    [Fact]
    public async Task Environment_may_name_the_address_and_the_key_comes_from_a_file()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"), ("Management:ApiKey", "the key"));
        Write("appsettings.json", Broken);
        using var command = new GatewayProcess(
            _folder,
            new Dictionary<string, string>(StringComparer.Ordinal) { [ManagementTarget.UrlVariable] = gateway.Host.ManagementAddresses.Single() },
            "status", "--key-file", Write("key", "the key\n"));

        var (code, output, error) = await command.ExitAsync();

        Assert.Equal((0, ""), (code, error));
        Assert.EndsWith("1 credential: 1 active", output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_elsewhere_in_the_configuration_takes_no_command_away()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));
        var file = Write("gateway.json", $$"""
            { "TokenGateway": { "Management": { "Url": "{{gateway.Host.ManagementAddresses.Single()}}" }, "Store": { "Kind": "Paper" }, "Credentials": { "plum": { "Preset": "nonesuch" } } } }
            """);

        var (code, _, error) = await InvokeAsync("status", "--config", file);

        Assert.Equal((0, ""), (code, error));
    }

    [Theory]
    [InlineData("127.0.0.1:8081", "--url (or TOKENGATEWAY_URL) is not the address")]
    [InlineData("ftp://127.0.0.1:8081", "--url (or TOKENGATEWAY_URL) is not the address")]
    [InlineData("http://me:secret@127.0.0.1:8081", "--url (or TOKENGATEWAY_URL) is not the address")]
    [InlineData("http://127.0.0.1:1", "No gateway answers at http://127.0.0.1:1/ (--url")]
    public async Task Status_that_cannot_ask_is_3_and_says_why(string url, string reason)
    {
        var (code, output, error) = await InvokeAsync("status", "--url", url);

        Assert.Equal((3, ""), (code, output));
        Assert.StartsWith(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_with_a_configuration_that_cannot_be_read_is_3()
    {
        var (code, _, error) = await InvokeAsync("status", "--config", Write("broken.json", Broken));

        Assert.Equal(3, code);
        Assert.Contains("is not valid JSON", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_file_that_is_not_there_is_named()
    {
        var (code, _, error) = await InvokeAsync("rotate", "plum", "--url", "http://127.0.0.1:1", "--key-file", Path.Combine(_folder, "nowhere"));

        Assert.Equal(1, code);
        Assert.StartsWith("--key-file names ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ready", false, 1)]
    [InlineData("live", false, 0)]
    [InlineData("ready", true, 0)]
    [InlineData("neither", true, 1)]
    public async Task Probe_is_0_for_yes_and_1_for_no(string probe, bool usable, int expected)
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum");
        engine.Set(ScriptedTokens.Healthy("plum") with { Usable = usable });
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        Assert.Equal(expected, (await InvokeAsync("probe", probe, "--url", gateway.Host.ManagementAddresses.Single())).Code);
    }

    [Fact]
    public async Task Probe_of_a_gateway_that_is_not_there_is_1() =>
        Assert.Equal(1, (await InvokeAsync("probe", "live", "--url", "http://127.0.0.1:1")).Code);

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }

    private static async Task<(int Code, string Output, string Error)> InvokeAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await GatewayCommandLine.InvokeAsync(args, new CommandOutput(output, error) { In = new StringReader("refresh_token_1") });
        return (code, output.ToString(), error.ToString());
    }
}
