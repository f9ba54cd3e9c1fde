using System.Net;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Proxy;

/// <summary>What a route may ask for by YARP's own settings, and most routes do not.</summary>
public sealed class RouteSettingsTests
{
    /// <summary>With YARP's own answer to that.</summary>
    [Fact]
    public async Task A_timeout_ends_a_request_that_the_upstream_does_not_answer()
    {
        await using var upstream = await Upstream.StartAsync();
        upstream.Answers = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        await using var gateway = await StartAsync(upstream, "Timeout", "00:00:00.2");

        using var response = await gateway.Proxy.GetAsync("plum/slow");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Single(upstream.Requests);
    }

    [Theory]
    [InlineData("Disable", 204, 0)]
    [InlineData(null, 200, 1)]
    public async Task A_preflight_is_answered_where_the_route_forbids_it_and_is_the_upstreams_elsewhere(string? policy, int status, int forwarded)
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await StartAsync(upstream, "CorsPolicy", policy);
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "plum/things");
        preflight.Headers.Add("Origin", "https://shop.example.com");
        preflight.Headers.Add("Access-Control-Request-Method", "GET");

        using var response = await gateway.Proxy.SendAsync(preflight);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(forwarded, upstream.Requests.Count);
    }

    /// <summary>There is nobody whom the gateway could authorize: it does not forward what ought to be.</summary>
    [Fact]
    public async Task A_route_that_asks_for_an_authorized_user_is_refused()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await StartAsync(upstream, "AuthorizationPolicy", "Default");

        using var response = await gateway.Proxy.GetAsync("plum/things");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Empty(upstream.Requests);
    }

    private static Task<RunningGateway> StartAsync(Upstream upstream, string setting, string? value)
    {
        var values = RunningGateway.Routes(upstream.Url, "plum");
        values[$"ReverseProxy:Routes:plum:{setting}"] = value;
        values["TokenGateway:Inbound:AllowedHosts:0"] = "*"; // A preflight comes from another origin.
        return RunningGateway.StartAsync(values, new ScriptedTokens("plum"));
    }
}
