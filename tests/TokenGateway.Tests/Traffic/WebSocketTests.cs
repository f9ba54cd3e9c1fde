using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Traffic;

public sealed class WebSocketTests
{
    public static TheoryData<string, string> Versions => Paths.All;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Messages_go_both_ways_and_the_close_as_well(string client, string server)
    {
        await using var upstream = await Upstream.StartAsync(Paths.ProtocolOf(server), map: app => app.UseWebSockets());
        upstream.Respond = async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[100];
            for (var message = await socket.ReceiveAsync(buffer, default); message.MessageType != WebSocketMessageType.Close; message = await socket.ReceiveAsync(buffer, default))
            {
                await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, default);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", default);
        };
        await using var gateway = await Paths.StartAsync(upstream, client, server);
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = Version.Parse(client);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;

        await socket.ConnectAsync(new UriBuilder(new Uri(gateway.Proxy.BaseAddress!, "plum/ws")) { Scheme = "ws" }.Uri, gateway.Proxy, default);
        for (byte i = 1; i <= 3; i++)
        {
            await socket.SendAsync(new[] { i }, WebSocketMessageType.Binary, true, default);
            var buffer = new byte[10];
            var echo = await socket.ReceiveAsync(buffer, default);
            Assert.Equal((1, i), (echo.Count, buffer[0]));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "thanks", default);

        Assert.Equal("bye", socket.CloseStatusDescription);
        Assert.Equal(["Bearer access_token_of_plum"], Assert.Single(upstream.Requests)["Authorization"]);
    }
}
