using System.Text;
using TokenGateway.Hosting;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Security;

/// <summary>What one client may take of a listener's time and memory.</summary>
public sealed class LimitTests
{
    /// <summary>The limit is 10 s; Kestrel looks once a second.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(16);

    private const string Head = "GET /plum/a HTTP/1.1\r\nHost: localhost\r\n";

    [Fact]
    public async Task Slow_heads_and_slow_bodies_are_cut_off_on_both_listeners()
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);
        var (proxy, management) = (gateway.Proxy.BaseAddress!, gateway.Management.BaseAddress!);

        await Task.WhenAll(
            IsCutOffAsync(proxy, "GET /plum/a HT", everySecond: ""),
            IsCutOffAsync(proxy, Head, everySecond: "X-A: b\r\n"),
            IsCutOffAsync(proxy, Head, everySecond: "x"),
            IsCutOffAsync(management, "GET /livez HT", everySecond: ""),
            IsCutOffAsync(management, "GET /livez HTTP/1.1\r\nHost: localhost\r\n", everySecond: "X-A: b\r\n"),
            IsCutOffAsync(proxy, "POST /plum/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n", everySecond: "x"),
            IsCutOffAsync(management, "PUT /api/credentials/plum/refresh-token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n", everySecond: "x"));

        // And in the end everybody is served.
        Assert.Equal(200, (await RawClient.AskAsync(proxy, Head + "\r\n")).Status);
        Assert.Equal(200, (await RawClient.AskAsync(management, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")).Status);
    }

    [Theory]
    [InlineData("a long target", 414)]
    [InlineData("a long header", 431)]
    [InlineData("many headers", 431)]
    public async Task Head_that_is_too_large_is_refused(string what, int status)
    {
        var request = what switch
        {
            "a long target" => $"GET /plum/{new string('a', 8192)} HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "a long header" => $"{Head}X-A: {new string('a', 32768)}\r\n\r\n",
            _ => new StringBuilder(Head).Insert(Head.Length, "X-A: b\r\n", 100).Append("\r\n").ToString(),
        };
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);

        foreach (var listener in new[] { gateway.Proxy.BaseAddress!, gateway.Management.BaseAddress! })
        {
            Assert.Equal(status, (await RawClient.AskAsync(listener, request)).Status);
        }

        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData(65_000, false)] // The frames of chunks count as well.
    [InlineData(65_537, true)]
    public async Task Body_that_is_too_large_for_the_management_api_is_refused(int length, bool refused)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);
        var body = $$"""{"refreshToken":"{{new string('r', length - 19)}}"}""";

        foreach (var framed in new[] { $"Content-Length: {length}\r\n\r\n{body}", $"Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n" })
        {
            var answer = await RawClient.AskAsync(
                gateway.Management.BaseAddress!, $"PUT /api/credentials/plum/refresh-token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{framed}");
            Assert.Equal(refused, answer.Status == 400);
        }
    }

    [Fact]
    public async Task Connection_beyond_the_management_listeners_limit_is_closed_and_the_proxy_serves_on()
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);
        var held = new List<RawClient>();
        try
        {
            for (var i = 0; i < ListenerLimits.ManagementConnections; i++)
            {
                held.Add(await RawClient.ConnectAsync(gateway.Management.BaseAddress!));
            }

            // That one is accepted shows that all before it are counted.
            await held[^1].SendAsync("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
            Assert.Equal(200, (await held[^1].ReadAnswerAsync())?.Status);
            using var beyond = await RawClient.ConnectAsync(gateway.Management.BaseAddress!);
            await beyond.WaitForEndAsync(TimeSpan.FromSeconds(10));
            Assert.Equal(200, (await RawClient.AskAsync(gateway.Proxy.BaseAddress!, Head + "\r\n")).Status);
        }
        finally
        {
            held.ForEach(client => client.Dispose());
        }
    }

    private static async Task IsCutOffAsync(Uri listener, string first, string everySecond)
    {
        using var client = await RawClient.ConnectAsync(listener);
        await client.SendAsync(first);
        var end = client.WaitForEndAsync(Bound);
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        while (!end.IsCompleted && await tick.WaitForNextTickAsync())
        {
            try
            {
                await client.SendAsync(everySecond);
            }
            catch (IOException)
            {
                break; // It is cut off already.
            }
        }

        await end;
    }

    private static Task<RunningGateway> StartAsync(RawUpstream upstream) =>
        RunningGateway.StartAsync(RunningGateway.Routes(upstream.Url, "plum"), new ScriptedTokens("plum"));
}
