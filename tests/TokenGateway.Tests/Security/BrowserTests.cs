using System.Net;
using Microsoft.AspNetCore.Http;
using TokenGateway.Configuration;
using TokenGateway.Hosting;
using TokenGateway.Proxy;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tests.Security;

/// <summary>No web page may spend the token by the browser of somebody on this machine.</summary>
public sealed class BrowserTests
{
    private const string Key = "Inbound:ApiKeys:0";
    private const string Allowed = "Inbound:AllowedHosts:0";

    [Theory]
    [InlineData("localhost", "", 200)]
    [InlineData("LOCALHOST:8080", "", 200)]
    [InlineData("127.0.0.1:8080", "", 200)]
    [InlineData("127.8.9.10", "", 200)]
    [InlineData("[::1]:8080", "", 200)]
    [InlineData("rebound.example", "", 403)]
    [InlineData("rebound.example:8080", "Origin: http://rebound.example:8080\r\nSec-Fetch-Site: same-origin\r\n", 403)]
    [InlineData("localhost.rebound.example", "", 403)]
    [InlineData("127.0.0.1.rebound.example", "", 403)]
    [InlineData("0.0.0.0:8080", "", 403)]
    [InlineData("10.0.0.7", "", 403)]
    [InlineData("localhost:8080", "Origin: http://localhost:8080\r\nSec-Fetch-Site: same-origin\r\n", 200)]
    [InlineData("localhost:8080", "Origin: https://localhost:8080\r\n", 200)]
    [InlineData("localhost:8080", "Sec-Fetch-Site: none\r\n", 200)]
    [InlineData("localhost:8080", "Sec-Fetch-Site: cross-site\r\n", 403)]
    [InlineData("localhost:8080", "sec-fetch-site: Cross-Site\r\n", 403)]
    [InlineData("localhost:8080", "Origin: https://evil.example\r\n", 403)]
    [InlineData("localhost:8080", "Origin: http://localhost:3000\r\n", 403)]
    [InlineData("localhost:8080", "Origin: null\r\n", 403)]
    [InlineData("localhost:8080", "Origin: http://localhost:8080\r\nOrigin: https://evil.example\r\n", 403)]
    [InlineData("localhost:8080", "Connection: Upgrade\r\nUpgrade: websocket\r\nOrigin: https://evil.example\r\n", 403)]
    public async Task Call_of_a_page_is_refused(string host, string headers, int status)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);

        await AssertAsync(upstream, gateway, host, headers, status);
    }

    [Theory]
    [InlineData("gateway.example", "gateway.example:8080", "", 200)]
    [InlineData("gateway.example", "other.example", "", 403)]
    [InlineData("*.example", "gateway.example", "", 200)]
    [InlineData("gateway.example", "localhost", "Origin: https://gateway.example\r\nSec-Fetch-Site: cross-site\r\n", 200)]
    [InlineData("gateway.example", "localhost", "Origin: https://evil.example\r\n", 403)]
    [InlineData("*", "rebound.example", "Origin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n", 200)]
    public async Task Hosts_that_are_allowed_may_call_and_be_called(string allowed, string host, string headers, int status)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream, (Allowed, allowed));

        await AssertAsync(upstream, gateway, host, headers, status);
    }

    [Fact]
    public async Task Call_with_a_key_may_come_from_anywhere()
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream, (Key, "the key"));

        await AssertAsync(upstream, gateway, "gateway.example", "TokenGateway-Key: the key\r\nOrigin: https://page.example\r\n", 200);
    }

    [Fact]
    public async Task Without_a_host_header_it_is_no_browser()
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);

        var answer = await RawClient.AskAsync(gateway.Proxy.BaseAddress!, "GET /plum/a HTTP/1.0\r\n\r\n");

        Assert.Equal(200, answer.Status);
    }

    [Theory]
    [InlineData("gateway.internal", null, 200)]
    [InlineData("gateway.internal", "https://evil.example", 403)]
    public async Task Anonymous_callers_of_another_address_may_use_any_name_but_no_page_may_call(string host, string? origin, int status)
    {
        var context = new DefaultHttpContext();
        context.Connection.LocalIpAddress = IPAddress.Parse("10.0.0.7");
        context.Request.Host = new HostString(host);
        context.Request.Headers.Origin = origin;

        await new InboundPolicy(new SecretSet([], TimeProvider.System), new InboundSettings { AllowAnonymous = true }, TokenMetrics.Unobserved)
            .InvokeAsync(context, _ => Task.CompletedTask);

        Assert.Equal(status, context.Response.StatusCode);
    }

    private static async Task AssertAsync(RawUpstream upstream, RunningGateway gateway, string host, string headers, int status)
    {
        var answer = await RawClient.AskAsync(gateway.Proxy.BaseAddress!, $"GET /plum/a HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200 ? 1 : 0, upstream.Requests.Count);
        if (status != 200)
        {
            Assert.Contains(answer.Header("TokenGateway-Error"), new[] { "host_not_allowed", "cross_origin" });
        }
    }

    private static Task<RunningGateway> StartAsync(RawUpstream upstream, params (string Key, string Value)[] settings)
    {
        var values = RunningGateway.Routes(upstream.Url, "plum");
        foreach (var (key, value) in settings)
        {
            values[$"TokenGateway:{key}"] = value;
        }

        return RunningGateway.StartAsync(values, new ScriptedTokens("plum"));
    }
}
