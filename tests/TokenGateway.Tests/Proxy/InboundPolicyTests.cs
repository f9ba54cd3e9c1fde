using System.Net;
using Microsoft.AspNetCore.Http;
using TokenGateway.Configuration;
using TokenGateway.Hosting;
using TokenGateway.Proxy;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tests.Proxy;

public sealed class InboundPolicyTests
{
    private static readonly (string, string)[] Keyed = [("Inbound:ApiKeys:0", "first key"), ("Inbound:ApiKeys:1", "second key")];

    [Theory]
    [InlineData("plum/a", null)]
    [InlineData("plum/a", "third key")]
    [InlineData("plum/a", "first ke")]
    [InlineData("plum/a", "")]
    [InlineData("plain/a", null)]
    [InlineData("no/such/route", null)]
    public async Task Request_without_a_valid_key_is_refused_on_every_route(string path, string? key)
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"), Keyed);

        using var response = await SendAsync(gateway, path, key);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("\"inbound_key_required\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(["inbound_key_required"], response.Headers.GetValues("TokenGateway-Error"));
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("plum/a", "first key")]
    [InlineData("plum/a", "second key")]
    [InlineData("plain/a", "second key")]
    public async Task Request_with_a_valid_key_is_forwarded_without_it(string path, string key)
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"), Keyed);

        using var response = await SendAsync(gateway, path, key);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain("TokenGateway-Key", Assert.Single(upstream.Requests).Keys);
    }

    [Fact]
    public async Task Key_is_stripped_where_none_is_asked_for()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));

        using var response = await SendAsync(gateway, "plain/a", "some key");

        Assert.DoesNotContain("TokenGateway-Key", Assert.Single(upstream.Requests).Keys);
    }

    [Theory]
    [InlineData("127.0.0.1", false, true)]
    [InlineData("::1", false, true)]
    [InlineData("10.0.0.7", false, false)]
    [InlineData("10.0.0.7", true, true)]
    public async Task Without_keys_only_connections_to_loopback_are_served_unless_anonymous_ones_are_allowed(string address, bool allowAnonymous, bool served)
    {
        var context = new DefaultHttpContext();
        context.Connection.LocalIpAddress = IPAddress.Parse(address);
        var forwarded = false;

        await new InboundPolicy(new SecretSet([], TimeProvider.System), new InboundSettings { AllowAnonymous = allowAnonymous }, TokenMetrics.Unobserved).InvokeAsync(context, _ =>
        {
            forwarded = true;
            return Task.CompletedTask;
        });

        Assert.Equal(served, forwarded);
        Assert.Equal(served ? 200 : 403, context.Response.StatusCode);
    }

    private static Task<HttpResponseMessage> SendAsync(RunningGateway gateway, string path, string? key)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null)
        {
            request.Headers.Add("TokenGateway-Key", key);
        }

        return gateway.Proxy.SendAsync(request);
    }
}
