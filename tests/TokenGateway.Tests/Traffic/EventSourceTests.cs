using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using TokenGateway.Tests.Dashboard;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Traffic;

public sealed class EventSourceTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task A_browser_sees_each_event_when_it_is_sent_and_comes_back_where_it_was_cut_off()
    {
        await using var upstream = await Upstream.StartAsync();
        var events = Channel.CreateUnbounded<string>();
        var lastSeen = Channel.CreateUnbounded<string>();
        upstream.Respond = async context =>
        {
            if (context.Request.Path == "/plum/page")
            {
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync("<script>seen = []; new EventSource('events').onmessage = message => seen.push(message.data)</script>");
                return;
            }

            lastSeen.Writer.TryWrite(context.Request.Headers["Last-Event-ID"].ToString());
            context.Response.ContentType = "text/event-stream";
            for (var data = await events.Reader.ReadAsync(context.RequestAborted); data != "cut"; data = await events.Reader.ReadAsync(context.RequestAborted))
            {
                await context.Response.WriteAsync($"retry: 10\nid: {data}\ndata: {data}\n\n");
                await context.Response.Body.FlushAsync();
            }
        };
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));
        var page = await browser.NewPageAsync();
        await page.GotoAsync(new Uri(gateway.Proxy.BaseAddress!, "plum/page").ToString());

        events.Writer.TryWrite("one");
        await page.WaitForFunctionAsync("seen.join() === 'one'");
        events.Writer.TryWrite("cut");
        events.Writer.TryWrite("two");
        await page.WaitForFunctionAsync("seen.join() === 'one,two'");

        Assert.Equal(("", "one"), (await lastSeen.Reader.ReadAsync(), await lastSeen.Reader.ReadAsync()));
        Assert.All(upstream.Requests, request => Assert.Equal(["Bearer access_token_of_plum"], request["Authorization"]));
    }
}
