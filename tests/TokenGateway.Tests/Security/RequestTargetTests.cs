using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Security;

/// <summary>Where a request goes is the configuration's to say, not the request's.</summary>
public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("/plum/..%2fadmin")]
    [InlineData("/plum/..%2Fadmin")]
    [InlineData("/plum/%2e%2e%2fadmin")]
    [InlineData("/plum/a%2f..%2f..%2fadmin")]
    [InlineData("/plum/%252e%252e/admin")]
    [InlineData("/plum/%252e%252e%252fadmin")]
    [InlineData("/plum/%25252e%25252e%25252fadmin")]
    [InlineData("/plum/.%252e/admin")]
    [InlineData("/plum/..\\admin")]
    [InlineData("/plum/..%5cadmin")]
    [InlineData("/plum/%2e%2e%5Cadmin")]
    [InlineData("/plum/..%255cadmin")]
    [InlineData("/plum/..;/admin")]
    [InlineData("/plum/..%3b/admin")]
    [InlineData("/plum/..;a=b/admin")]
    [InlineData("/plum/%c0%ae%c0%ae%c0%afadmin")]
    [InlineData("/plum/a%00b")]
    [InlineData("/plum/a%0d%0aX-A:b")]
    [InlineData("/plum/a%2500")]
    public async Task Hidden_way_up_is_refused(string target)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);

        var answer = await RawClient.AskAsync(gateway.Proxy.BaseAddress!, $"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");

        Assert.All(upstream.Requests, seen => Assert.Fail($"forwarded as {seen.Target}"));
        Assert.Equal(400, answer.Status);
    }

    [Theory]
    [InlineData("/plum/group%2Fproject", "/plum/group%2Fproject")]
    [InlineData("/plum/a%20b%25c", "/plum/a%20b%25c")]
    [InlineData("/plum/100%25", "/plum/100%25")]
    [InlineData("/plum/v1..v2/a..b/...", "/plum/v1..v2/a..b/...")]
    [InlineData("/plum/a;v=1/b", "/plum/a;v=1/b")]
    [InlineData("/plum/caf%C3%A9", "/plum/caf%C3%A9")]
    [InlineData("/plum/a?path=..%2f..%5c%00", "/plum/a?path=..%2f..%5c%00")]
    [InlineData("/plum/x/../a", "/plum/a")]
    [InlineData("http://localhost/plum/a", "/plum/a")]
    public async Task Plain_path_passes(string target, string forwarded)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);

        var answer = await RawClient.AskAsync(gateway.Proxy.BaseAddress!, $"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");

        Assert.Equal(200, answer.Status);
        Assert.Equal(forwarded, Assert.Single(upstream.Requests).Target);
    }

    [Theory]
    [InlineData("//evil.test/plum/a", "localhost")]
    [InlineData("//evil.test/../plum/a", "localhost")]
    [InlineData("/plum//evil.test/a", "localhost")]
    [InlineData("/plum/@evil.test/a", "localhost")]
    [InlineData("http://evil.test/plum/a", "localhost")]
    [InlineData("http://evil.test/plum/a", "evil.test")]
    [InlineData("http://localhost@evil.test/plum/a", "localhost")]
    [InlineData("http://evil.test@localhost/plum/a", "localhost")]
    [InlineData("http://user:password@localhost/plum/a", "localhost")]
    [InlineData("http://localhost:1/plum/a", "localhost")]
    [InlineData("https://localhost/plum/a", "localhost")]
    [InlineData("ftp://localhost/plum/a", "localhost")]
    [InlineData("@evil.test/plum/a", "localhost")]
    [InlineData(".evil.test/plum/a", "localhost")]
    [InlineData("/plum/a", "evil.test")]
    [InlineData("/plum/a", "localhost@evil.test")]
    [InlineData("/plum/a", "localhost:8080:evil.test")]
    [InlineData("/plum/a#@evil.test/", "localhost")]
    [InlineData("*", "localhost")]
    [InlineData("evil.test:443", "localhost")]
    public async Task No_target_and_no_host_leaves_the_configured_destination(string target, string host)
    {
        await using var elsewhere = new RawUpstream();
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream, "/{**rest}");
        var port = new Uri(elsewhere.Url).Port;
        target = target.Replace("evil.test", $"127.0.0.1:{port}", StringComparison.Ordinal);
        host = host.Replace("evil.test", $"127.0.0.1:{port}", StringComparison.Ordinal);

        using var client = await RawClient.ConnectAsync(gateway.Proxy.BaseAddress!);
        await client.SendAsync($"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        var answer = await client.ReadAnswerAsync();

        Assert.NotNull(answer);
        Assert.Empty(elsewhere.Requests);
        Assert.All(upstream.Requests, seen =>
        {
            Assert.StartsWith("/", seen.Target, StringComparison.Ordinal);
            Assert.Equal([new Uri(upstream.Url).Authority], seen.Values("Host"));
        });
    }

    [Theory]
    [InlineData("CONNECT 127.0.0.1:443 HTTP/1.1\r\nHost: 127.0.0.1:443\r\n\r\n")]
    [InlineData("CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n")]
    [InlineData("TRACE /plum/a HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("trace /plum/a HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("TRACK /plum/a HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    public async Task Method_that_is_no_request_to_the_api_is_answered_405(string request)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream, "/{**rest}");

        var answer = await RawClient.AskAsync(gateway.Proxy.BaseAddress!, request);

        Assert.All(upstream.Requests, seen => Assert.Fail($"forwarded as {seen.Method} {seen.Target}"));
        Assert.Equal(405, answer.Status);
        Assert.NotNull(answer.Header("Allow"));
    }

    private static Task<RunningGateway> StartAsync(RawUpstream upstream, string path = "/plum/{**rest}")
    {
        var values = RunningGateway.Routes(upstream.Url, "plum");
        values["ReverseProxy:Routes:plum:Match:Path"] = path;
        return RunningGateway.StartAsync(values, new ScriptedTokens("plum"));
    }
}
