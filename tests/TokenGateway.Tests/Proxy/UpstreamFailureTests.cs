using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tests.Security;

namespace TokenGateway.Tests.Proxy;

/// <summary>What a client is told, and the log, where no response of an upstream can be passed on.</summary>
public sealed class UpstreamFailureTests
{
    private const string Token = "access_token_of_plum";

    [Theory]
    [InlineData("plum/a", 502)]
    [InlineData("plain/a", 502)]
    public async Task Upstream_that_is_away_is_upstream_unreachable(string path, int status)
    {
        await using var gateway = await StartAsync(ClosedPort());

        await AssertProblemAsync(await gateway.Proxy.GetAsync(path), status, "upstream_unreachable");
    }

    [Fact]
    public async Task Cluster_without_a_destination_is_upstream_unreachable()
    {
        var values = RunningGateway.Routes(ClosedPort(), "plum");
        values.Remove("ReverseProxy:Clusters:upstream:Destinations:one:Address");
        values["ReverseProxy:Clusters:upstream:LoadBalancingPolicy"] = "Random";
        await using var gateway = await RunningGateway.StartAsync(values, new ScriptedTokens("plum"));

        await AssertProblemAsync(await gateway.Proxy.GetAsync("plum/a"), 503, "upstream_unreachable");
    }

    [Fact]
    public async Task Path_without_a_route_is_no_route()
    {
        await using var gateway = await StartAsync(ClosedPort());

        await AssertProblemAsync(await gateway.Proxy.GetAsync("elsewhere"), 404, "no_route");
    }

    [Fact]
    public async Task Grpc_call_to_an_upstream_that_is_away_ends_with_unavailable()
    {
        await using var gateway = await StartAsync(ClosedPort());
        using var request = new HttpRequestMessage(HttpMethod.Post, "plum/a") { Content = new ByteArrayContent([0, 0, 0, 0, 0]) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");

        using var response = await gateway.Proxy.SendAsync(request);

        Assert.Equal((HttpStatusCode.OK, "14"), (response.StatusCode, Assert.Single(response.Headers.GetValues("grpc-status"))));
        Assert.Equal(["upstream_unreachable"], response.Headers.GetValues("TokenGateway-Error"));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nX Bearer {0}: 1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nBearer {0}\r\n\r\n")]
    [InlineData("Bearer {0}\r\n\r\n")]
    [InlineData("HTTP/1.1 Bearer {0}\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: Bearer {0}\r\n\r\n")]
    [InlineData("HTTP/{0} 200 OK\r\n\r\n")]
    public async Task Response_that_is_not_HTTP_is_upstream_invalid_response_and_its_text_is_not_logged(string response)
    {
        using var log = new KeptLog();
        await using var upstream = new RawUpstream { Response = Encoding.ASCII.GetBytes(string.Format(null, response, Token)) };
        await using var gateway = await StartAsync(upstream.Url, log);

        await AssertProblemAsync(await gateway.Proxy.GetAsync("plum/a"), 502, "upstream_invalid_response");

        Assert.Contains(log.Lines, line => line.EndsWith("(unreadable_answer)", StringComparison.Ordinal) || line.EndsWith("(InvalidOperationException)", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains(Token, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("plum/a")]
    [InlineData("plain/a")]
    public async Task Error_header_of_the_API_does_not_pass_for_the_gateways(string path)
    {
        await using var upstream = new RawUpstream { Response = "HTTP/1.1 503 Away\r\nTokenGateway-Error: reauthorization_required\r\nX-Other: 1\r\nContent-Length: 2\r\n\r\nok"u8.ToArray() };
        await using var gateway = await StartAsync(upstream.Url);

        using var response = await gateway.Proxy.GetAsync(path);

        Assert.Equal("1", Assert.Single(response.Headers.GetValues("X-Other")));
        Assert.False(response.Headers.Contains("TokenGateway-Error"));
    }

    private static Task<RunningGateway> StartAsync(string upstream, KeptLog? log = null) =>
        RunningGateway.StartAsync(RunningGateway.Routes(upstream, "plum"), new ScriptedTokens("plum"), loggers: log);

    private static async Task AssertProblemAsync(HttpResponseMessage response, int status, string code)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal([code], response.Headers.GetValues("TokenGateway-Error"));
        Assert.Equal(code, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
        Assert.DoesNotContain(Token, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        response.Dispose();
    }

    /// <summary>Taken from the system and given back: nothing listens there.</summary>
    private static string ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";
    }
}
