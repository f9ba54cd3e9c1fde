using TokenGateway.Commands;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens;

namespace TokenGateway.Tests.Commands;

public sealed class RotateCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tokengateway-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rotate_asks_the_running_gateway_and_tells_what_came_of_it(bool force)
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum");
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        var (code, output, error) = await RotateAsync(gateway.Host.ManagementAddresses.Single(), force ? ["--force"] : []);

        Assert.Equal((0, "", force), (code, error, engine.WasForced));
        Assert.StartsWith("plum: rotated, generation 7, by replica-1", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_told_in_words_with_exit_code_1()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum") { NextRotation = RotationOutcome.Rejected });

        var (code, output, error) = await RotateAsync(gateway.Host.ManagementAddresses.Single());

        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("The refresh token is dead; someone must log in and reseed.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_gateway_the_setting_is_named_that_says_where_it_should_be()
    {
        var (code, _, error) = await RotateAsync("http://127.0.0.1:1");

        Assert.Equal(1, code);
        Assert.Contains("TokenGateway:Management:Url", error, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output, string Error)> RotateAsync(string managementUrl, params string[] options)
    {
        var file = Path.Combine(_folder, "gateway.json");
        await File.WriteAllTextAsync(file, $$"""{ "Urls": "http://127.0.0.1:0", "TokenGateway": { "Management": { "Url": "{{managementUrl}}" } } }""");
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await GatewayCommandLine.InvokeAsync(["rotate", "plum", .. options, "--config", file], new CommandOutput(output, error));
        return (code, output.ToString(), error.ToString());
    }
}
