using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TokenGateway.Configuration;
using TokenGateway.Hosting;
using TokenGateway.Testing;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tests.Security;

namespace TokenGateway.Tests.Hosting;

/// <summary>In which order a gateway starts, and what it says where it cannot.</summary>
public sealed class GatewayHostTests
{
    [Theory]
    [InlineData("Urls", "Urls binds ")]
    [InlineData("TokenGateway:Management:Url", "TokenGateway:Management:Url binds ")]
    public async Task Where_a_port_is_taken_the_engine_does_nothing_and_the_setting_is_named(string setting, string words)
    {
        await using var taken = await Upstream.StartAsync();
        var values = RunningGateway.Routes(taken.Url, "plum");
        values[setting] = taken.Url;
        var engine = new ScriptedTokens("plum");
        await using var host = Create(values, engine);

        var refused = await Assert.ThrowsAsync<StartupException>(() => host.StartAsync(CancellationToken.None));

        Assert.False(engine.Starting.Task.IsCompleted);
        Assert.StartsWith(words + taken.Url, Assert.Single(refused.Errors), StringComparison.Ordinal);
        Assert.Contains("in use", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_named_with_its_setting()
    {
        var values = RunningGateway.Routes("http://127.0.0.1:1", "plum");
        values["Urls"] = "http://192.0.2.1:8080";
        values["TokenGateway:Inbound:AllowAnonymous"] = "true";
        await using var host = Create(values, new ScriptedTokens("plum"));

        var refused = await Assert.ThrowsAsync<StartupException>(() => host.StartAsync(CancellationToken.None));

        Assert.Equal("Urls binds http://192.0.2.1:8080, which is no address of this machine: name one that it has, or * for all", Assert.Single(refused.Errors));
    }

    [Fact]
    public async Task Ready_is_said_only_once_the_proxy_listens_and_the_engine_has_started()
    {
        await using var upstream = await Upstream.StartAsync();
        var values = RunningGateway.Routes(upstream.Url, "plum");
        var management = $"http://127.0.0.1:{Ports.Free()}";
        values["TokenGateway:Management:Url"] = management;
        var started = new TaskCompletionSource();
        var engine = new ScriptedTokens("plum") { StartsWhen = started.Task };
        await using var host = Create(values, engine);
        using var client = new HttpClient();

        var starting = host.StartAsync(CancellationToken.None);
        await engine.Starting.Task;
        using (var before = await client.GetAsync($"{management}/readyz"))
        using (var proxied = await client.GetAsync($"{host.ProxyAddresses.Single()}/plain/a"))
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (before.StatusCode, proxied.StatusCode));
        }

        started.SetResult();
        await starting;
        using var after = await client.GetAsync($"{management}/readyz");
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task The_start_says_in_the_log_where_it_listens_and_what_was_found()
    {
        await using var upstream = await Upstream.StartAsync();
        using var log = new KeptLog();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(RunningGateway.Routes(upstream.Url, "plum")).Build();
        var settings = new StartupSettings(new() { Store = new() { Path = "/x/data/db", JournalPath = "/x/data/journal" } }, GatewaySettingsReader.Read(configuration).Value!);
        await using var host = Create(configuration, new ScriptedTokens("plum"), log, ConfigurationSummary.Of(configuration, settings));

        await host.StartAsync(CancellationToken.None);

        var line = log.Lines.Single(line => line.StartsWith("TokenGateway proxies on http://127.0.0.1:", StringComparison.Ordinal));
        Assert.Contains(" (version ", line, StringComparison.Ordinal);
        Assert.EndsWith(
            "; configuration none; store embedded /x/data/db; journal /x/data/journal; routes 2: plain, plum; clusters 1: upstream; credentials none)",
            line, StringComparison.Ordinal);
    }

    private static GatewayHost Create(Dictionary<string, string?> values, ScriptedTokens engine) =>
        Create(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), engine, NullLoggerFactory.Instance);

    private static GatewayHost Create(IConfigurationRoot configuration, ScriptedTokens engine, ILoggerFactory loggers, ConfigurationSummary? summary = null) =>
        new(new GatewayParts { Configuration = configuration, Settings = GatewaySettingsReader.Read(configuration).Value!, Loggers = loggers, Summary = summary }, engine);
}
