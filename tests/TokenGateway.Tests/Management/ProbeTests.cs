using System.Net;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens;

namespace TokenGateway.Tests.Management;

public sealed class ProbeTests
{
    [Fact]
    public async Task Probes_of_a_gateway_that_is_well_are_200_and_not_cached()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));

        foreach (var path in new[] { "livez", "startupz", "readyz", "healthz" })
        {
            using var response = await gateway.Management.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.True(response.Headers.CacheControl?.NoStore);
            using var head = await gateway.Management.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
            using var post = await gateway.Management.PostAsync(path, null);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
        }
    }

    [Fact]
    public async Task Startup_and_readiness_wait_for_the_first_load_and_life_does_not()
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum");
        engine.Set(ScriptedTokens.Healthy("plum") with { Loaded = false, Usable = false });
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        Assert.Equal((200, 503, 503), await ProbeAsync(gateway));

        engine.Set(ScriptedTokens.Healthy("plum") with { Usable = false, Problem = "The provider is away." });
        Assert.Equal((200, 200, 503), await ProbeAsync(gateway));

        engine.Set(ScriptedTokens.Healthy("plum"));
        Assert.Equal((200, 200, 200), await ProbeAsync(gateway));
    }

    [Fact]
    public async Task Credential_that_readiness_does_not_require_may_be_unusable()
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum", "pear");
        engine.Set(ScriptedTokens.Healthy("pear") with { Usable = false, RequiredForReadiness = false });
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        Assert.Equal((200, 200, 200), await ProbeAsync(gateway));
    }

    [Theory]
    [InlineData(false, false, false, 503)]
    [InlineData(true, false, false, 200)]
    [InlineData(true, true, false, 503)]
    [InlineData(true, true, true, 200)]
    public async Task Readiness_asks_for_one_usable_credential_and_for_those_that_are_required(bool plum, bool pearIsRequired, bool pear, int expected)
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum", "pear");
        engine.Set(ScriptedTokens.Healthy("plum") with { Usable = plum, RequiredForReadiness = false });
        engine.Set(ScriptedTokens.Healthy("pear") with { Usable = pear, RequiredForReadiness = pearIsRequired });
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        Assert.Equal((200, 200, expected), await ProbeAsync(gateway));
    }

    [Fact]
    public async Task Gateway_without_credentials_is_ready()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens());

        Assert.Equal((200, 200, 200), await ProbeAsync(gateway));
    }

    [Fact]
    public async Task Credential_that_is_not_loaded_yet_holds_readiness_up_though_another_is_usable()
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum", "pear");
        engine.Set(ScriptedTokens.Healthy("pear") with { Usable = false, Loaded = false, RequiredForReadiness = false });
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        Assert.Equal((200, 503, 503), await ProbeAsync(gateway));
    }

    [Fact]
    public async Task Unusable_credential_that_is_not_required_is_listed_as_such()
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum", "pear");
        engine.Set(ScriptedTokens.Healthy("pear") with { Usable = false, RequiredForReadiness = false, Problem = "Log in and reseed." });
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        var text = await gateway.Management.GetStringAsync("readyz?verbose");

        Assert.Contains("[+] proxy: listening\n", text, StringComparison.Ordinal);
        Assert.Contains("[+] any credential: 1 of 2 usable\n", text, StringComparison.Ordinal);
        Assert.Contains("[~] pear: Log in and reseed.\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[-]", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verbose_readiness_names_each_check_and_what_is_wrong()
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum", "pear");
        engine.Set(ScriptedTokens.Healthy("pear") with { Usable = false, State = CredentialState.ReauthorizationRequired, Problem = "Log in and reseed." });
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        using var response = await gateway.Management.GetAsync("readyz?verbose");
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("[+] plum: usable\n", text, StringComparison.Ordinal);
        Assert.Contains("[-] pear: Log in and reseed.\n", text, StringComparison.Ordinal);
    }

    private static async Task<(int Live, int Startup, int Ready)> ProbeAsync(RunningGateway gateway)
    {
        using var live = await gateway.Management.GetAsync("livez");
        using var startup = await gateway.Management.GetAsync("startupz");
        using var ready = await gateway.Management.GetAsync("readyz");
        return ((int)live.StatusCode, (int)startup.StatusCode, (int)ready.StatusCode);
    }
}
