using System.Net;
using Microsoft.AspNetCore.Http;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Traffic;

public sealed class CurlTests
{
    [Theory]
    [InlineData("1.1", "1.1", "--http1.1")]
    [InlineData("2.0", "2.0", "--http2-prior-knowledge")]
    public async Task Large_body_is_answered_over_either_version_of_HTTP(string client, string server, string option)
    {
        await using var upstream = await Upstream.StartAsync(Paths.ProtocolOf(server));
        upstream.Respond = async context =>
        {
            var length = 0L;
            var buffer = new byte[64 * 1024];
            for (int read; (read = await context.Request.Body.ReadAsync(buffer)) > 0;)
            {
                length += read;
            }

            await context.Response.WriteAsync($"{length} {context.Request.Headers.Authorization}");
        };
        await using var gateway = await Paths.StartAsync(upstream, client, server);

        // Over HTTP/1.1, curl expects 100-continue for a body of this size.
        var answer = await Curl.RunAsync(
            input => input.WriteAsync(new byte[5_000_000]).AsTask(), option, "--data-binary", "@-", "--write-out", " %{http_code} %{http_version}", new Uri(gateway.Proxy.BaseAddress!, "plum/upload").ToString());

        Assert.Equal($"5000000 Bearer access_token_of_plum 200 {client.Replace("2.0", "2", StringComparison.Ordinal)}", answer);
    }

    [Fact]
    public async Task Early_hints_of_the_upstream_do_not_disturb_its_answer()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var values = RunningGateway.Routes($"http://{listener.LocalEndpoint}", "plum");
        await using var gateway = await RunningGateway.StartAsync(values, new ScriptedTokens("plum"));

        var answer = Curl.RunAsync(null, new Uri(gateway.Proxy.BaseAddress!, "plum/a").ToString());
        using var connection = await listener.AcceptTcpClientAsync();
        await using var stream = connection.GetStream();
        Assert.InRange(await stream.ReadAtLeastAsync(new byte[4096], 50), 50, 4096);
        await stream.WriteAsync("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"u8.ToArray());

        Assert.Equal("body", await answer);
    }
}
