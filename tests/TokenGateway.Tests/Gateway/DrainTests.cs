using System.Net;

namespace TokenGateway.Tests.Gateway;

public sealed class DrainTests
{
    [Fact]
    public async Task Drain_withdraws_readiness_at_once_and_still_serves_what_comes_and_what_is_there()
    {
        await using var upstream = await Upstream.StartAsync();
        var answers = new TaskCompletionSource();
        upstream.Answers = answers.Task;
        await using var gateway = await RunningGateway.StartAsync(
            upstream, new ScriptedTokens("plum"), ("ShutdownDelay", "00:00:01.5"), ("DrainTimeout", "00:00:20"));
        var before = gateway.Proxy.GetAsync("plum/before");
        await upstream.Arrived.Task;

        var drain = gateway.Host.DrainAsync();
        Assert.Equal(503, await ReadyAsync(gateway));
        var during = gateway.Proxy.GetAsync("plum/during"); // Accepted within ShutdownDelay, answered after it.
        await RunningGateway.WaitForAsync(async () => await IsClosedAsync(gateway));
        Assert.False(drain.IsCompleted);
        Assert.Equal(503, await ReadyAsync(gateway));
        answers.SetResult();

        Assert.Equal(HttpStatusCode.OK, (await before).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await during).StatusCode);
        await drain;
        await Assert.ThrowsAsync<HttpRequestException>(() => gateway.Management.GetAsync("livez"));
    }

    [Fact]
    public async Task Drain_waits_for_the_engine_while_the_management_listener_answers()
    {
        await using var upstream = await Upstream.StartAsync();
        var rotation = new TaskCompletionSource();
        var engine = new ScriptedTokens("plum") { StopsWhen = rotation.Task };
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        var drain = gateway.Host.DrainAsync();
        await engine.Stopping.Task;

        Assert.True(await IsClosedAsync(gateway));
        Assert.Equal(503, await ReadyAsync(gateway));
        Assert.False(drain.IsCompleted);
        rotation.SetResult();
        await drain;
    }

    [Fact]
    public async Task Request_that_outlasts_the_drain_timeout_does_not_hold_the_gateway_up()
    {
        await using var upstream = await Upstream.StartAsync();
        var answers = new TaskCompletionSource();
        upstream.Answers = answers.Task;
        await using var gateway = await RunningGateway.StartAsync(
            upstream, new ScriptedTokens("plum"), ("DrainTimeout", "00:00:00.2"));
        var request = gateway.Proxy.GetAsync("plum/a");
        await upstream.Arrived.Task;

        await gateway.Host.DrainAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => request);
        answers.SetResult();
    }

    private static async Task<int> ReadyAsync(RunningGateway gateway)
    {
        using var response = await gateway.Management.GetAsync("readyz");
        return (int)response.StatusCode;
    }

    /// <summary>True once the proxy's port takes no new connection.</summary>
    private static async Task<bool> IsClosedAsync(RunningGateway gateway)
    {
        using var client = new System.Net.Sockets.TcpClient();
        try
        {
            await client.ConnectAsync(gateway.Proxy.BaseAddress!.Host, gateway.Proxy.BaseAddress.Port);
            return false;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return true;
        }
    }
}
