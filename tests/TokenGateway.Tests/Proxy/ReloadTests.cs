using System.Net;
using System.Text.Json;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Proxy;

public sealed class ReloadTests
{
    [Fact]
    public async Task Bad_reload_keeps_the_old_routes_and_shows_in_healthz_until_it_is_mended()
    {
        const string Key = "ReverseProxy:Routes:plum:Transforms:0:BearerToken";
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));
        var good = gateway.Configuration[Key];
        Assert.Equal("Healthy", await StatusAsync(gateway));

        gateway.Configuration[Key] = "plun";
        gateway.Configuration.Reload();

        await RunningGateway.WaitForAsync(async () => await StatusAsync(gateway) == "Degraded");
        Assert.Contains("plun", await gateway.Management.GetStringAsync("healthz"), StringComparison.Ordinal);
        await gateway.Proxy.GetStringAsync("plum/a");
        Assert.Equal(["Bearer access_token_of_plum"], Assert.Single(upstream.Requests)["Authorization"]);

        gateway.Configuration[Key] = good;
        gateway.Configuration.Reload();
        await RunningGateway.WaitForAsync(async () => await StatusAsync(gateway) == "Healthy");
    }

    [Fact]
    public async Task Good_reload_serves_the_new_route()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));

        gateway.Configuration["ReverseProxy:Routes:new:ClusterId"] = "upstream";
        gateway.Configuration["ReverseProxy:Routes:new:Match:Path"] = "/new";
        gateway.Configuration["ReverseProxy:Routes:new:Transforms:0:BearerToken"] = "plum";
        gateway.Configuration.Reload();

        await RunningGateway.WaitForAsync(async () =>
        {
            using var response = await gateway.Proxy.GetAsync("new");
            return response.StatusCode == HttpStatusCode.OK;
        });
    }

    private static async Task<string?> StatusAsync(RunningGateway gateway)
    {
        using var health = JsonDocument.Parse(await gateway.Management.GetStringAsync("healthz"));
        return health.RootElement.GetProperty("status").GetString();
    }
}
