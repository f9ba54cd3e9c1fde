using System.Net;
using Microsoft.AspNetCore.Http;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Security;

/// <summary>What the upstream answers is passed, and nothing of the gateway's is added to it.</summary>
public sealed class AnswerTests
{
    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Redirects_and_errors_of_the_upstream_pass_and_the_token_is_in_no_answer(int status)
    {
        await using var elsewhere = await Upstream.StartAsync();
        await using var upstream = await Upstream.StartAsync();
        upstream.Respond = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = elsewhere.Url;
            return context.Response.WriteAsync("its own words");
        };
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));

        var answer = await RawClient.AskAsync(gateway.Proxy.BaseAddress!, "GET /plum/a HTTP/1.1\r\nHost: localhost\r\n\r\n");

        Assert.Equal(status, answer.Status);
        Assert.Equal(elsewhere.Url, answer.Header("Location"));
        Assert.Contains("its own words", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("access_token", answer.Head, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Requests);
    }

    [Theory]
    [InlineData("/livez", "")]
    [InlineData("/metrics", "User-Agent: kube-probe/1.30\r\n")]
    [InlineData("/plum/a?TokenGateway-Key=the%20key", "")]
    [InlineData("/plum/a#the%20key", "")]
    [InlineData("/plum/health", "User-Agent: ELB-HealthChecker/2.0\r\n")]
    [InlineData("/plum/a", "TokenGateway-Key: the key\r\nTokenGateway-Key: another\r\n")]
    [InlineData("/plum/a", "TokenGateway_Key: the key\r\n")]
    [InlineData("/plum/a", "Authorization: Bearer the key\r\n")]
    [InlineData("/plum/a", "X-Forwarded-For: 127.0.0.1\r\n")]
    public async Task Nothing_but_the_key_opens_the_proxy(string target, string headers)
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"), ("Inbound:ApiKeys:0", "the key"));

        var answer = await RawClient.AskAsync(gateway.Proxy.BaseAddress!, $"GET {target} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");

        Assert.Equal((int)HttpStatusCode.Forbidden, answer.Status);
        Assert.Empty(upstream.Requests);
    }
}
