using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using TokenGateway.Hosting;

namespace TokenGateway.Tests.Gateway;

public sealed class StartTests
{
    [Fact]
    public async Task Start_on_addresses_that_are_judged_wrong_fails_with_the_judgement()
    {
        await using var upstream = await Upstream.StartAsync();
        IReadOnlyCollection<string> judged = [];
        await using var host = new GatewayHost(
            new GatewayParts
            {
                Configuration = new ConfigurationBuilder().AddInMemoryCollection(RunningGateway.Routes(upstream.Url)).Build(),
                Gateway = new GatewaySettings { ManagementUrl = new Uri("http://127.0.0.1:0") },
                Loggers = NullLoggerFactory.Instance,
                JudgeAddresses = addresses =>
                {
                    judged = addresses;
                    return ["Urls is too open"];
                },
            },
            new ScriptedTokens());

        var error = await Assert.ThrowsAsync<StartupException>(() => host.StartAsync(CancellationToken.None));

        Assert.Equal(["Urls is too open"], error.Errors);
        Assert.NotEqual(0, new Uri(Assert.Single(judged)).Port);
    }
}
