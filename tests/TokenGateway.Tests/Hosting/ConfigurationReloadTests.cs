using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TokenGateway.Hosting;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Hosting;

public sealed class ConfigurationReloadTests
{
    /// <summary>Files are read before the listeners are built, and followed when they listen. The clock stands still: nothing is looked at again by itself.</summary>
    [Fact]
    public async Task What_changed_while_the_gateway_started_comes_into_force()
    {
        await using var upstream = await Upstream.StartAsync();
        var values = RunningGateway.Routes(upstream.Url, "plum");
        values["TokenGateway:Credentials:plum:Preset"] = "xoxoday";
        values["TokenGateway:Credentials:plum:OAuthUrl"] = upstream.Url;
        values["TokenGateway:Credentials:plum:ClientId"] = "client_1";
        values["TokenGateway:Credentials:plum:ClientSecret"] = "client_secret_1";
        values["TokenGateway:Credentials:plum:RefreshToken"] = "refresh_token_1";
        await using var gateway = await RunningGateway.StartAsync(values, new ScriptedTokens("plum"));
        var source = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var accepted = new AcceptedConfiguration(source);
        source["TokenGateway:ShutdownDelay"] = "00:00:01";

        var health = new ConfigurationHealth();
        await using var reload = new ConfigurationReload(source, [], accepted, health, gateway.Host, NullLogger.Instance);
        reload.Start(new FakeTimeProvider());

        await RunningGateway.WaitForAsync(() => Task.FromResult(health.SettingsProblem is not null || accepted.Values["TokenGateway:ShutdownDelay"] == "00:00:01"));
        Assert.Null(health.SettingsProblem);
    }
}
