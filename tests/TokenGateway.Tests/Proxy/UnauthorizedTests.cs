using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens;

namespace TokenGateway.Tests.Proxy;

/// <summary>An upstream answers 401 to the token that the gateway has put in.</summary>
public sealed class UnauthorizedTests : IAsyncLifetime
{
    private const string Old = "access_token_of_plum";
    private const string New = "access_token_2";

    private readonly ScriptedTokens _tokens = new("plum");
    private readonly ConcurrentQueue<(string Token, long BodyBytes)> _attempts = new();
    private readonly ConcurrentQueue<string> _refused = new();
    private Upstream _upstream = null!;

    public async Task InitializeAsync() => _upstream = await StartUpstreamAsync();

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    [Theory]
    [InlineData("GET", 0, true)]
    [InlineData("POST", 0, true)]
    [InlineData("POST", 1, true)]
    [InlineData("PUT", 1000, true)]
    [InlineData("PUT", 1000, false)]
    [InlineData("POST", 65536, true)]
    [InlineData("POST", 65536, false)]
    public async Task Request_is_sent_once_more_with_the_newer_token_and_the_same_body(string method, int bodyBytes, bool upstreamReadsFirst)
    {
        RecoverWith(New);
        _upstream.Respond = context => CheckAsync(context, upstreamReadsFirst);
        await using var gateway = await RunningGateway.StartAsync(_upstream, _tokens);

        using var answer = await gateway.Proxy.SendAsync(Request(method, Body(bodyBytes)));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(answer.Headers.WwwAuthenticate);
        Assert.Equal($"{bodyBytes}", await answer.Content.ReadAsStringAsync());
        Assert.Equal([(Old, upstreamReadsFirst ? bodyBytes : 0), (New, bodyBytes)], _attempts);
        Assert.Equal([Old], _refused);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, "1.1")]
    [InlineData(HttpProtocols.Http2, "2.0")]
    public async Task Request_over_HTTP_2_is_sent_once_more_as_well(HttpProtocols upstreamProtocol, string upstreamVersion)
    {
        await using var upstream = await StartUpstreamAsync(upstreamProtocol);
        RecoverWith(New);
        var values = RunningGateway.Routes(upstream.Url, "plum");
        values["Urls"] = null;
        values["Kestrel:Endpoints:h2:Url"] = "http://127.0.0.1:0";
        values["Kestrel:Endpoints:h2:Protocols"] = "Http2";
        values["ReverseProxy:Clusters:upstream:HttpRequest:Version"] = upstreamVersion;
        values["ReverseProxy:Clusters:upstream:HttpRequest:VersionPolicy"] = "RequestVersionExact";
        await using var gateway = await RunningGateway.StartAsync(values, _tokens, HttpVersion.Version20);

        using var answer = await gateway.Proxy.SendAsync(Request("POST", Body(1000), HttpVersion.Version20));

        Assert.Equal((HttpStatusCode.OK, "1000"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal(2, _attempts.Count);
    }

    [Fact]
    public async Task Second_401_passes_as_it_is()
    {
        RecoverWith("access_token_that_is_dead_too");
        await using var gateway = await RunningGateway.StartAsync(_upstream, _tokens);

        using var answer = await gateway.Proxy.GetAsync("plum/a");

        await AssertIsUpstreams401Async(answer);
        Assert.Equal(2, _attempts.Count);
        Assert.Single(_refused);
    }

    [Fact]
    public async Task Without_a_newer_token_the_401_passes_as_it_is()
    {
        RecoverWith(null);
        await using var gateway = await RunningGateway.StartAsync(_upstream, _tokens);

        using var answer = await gateway.Proxy.GetAsync("plum/a");

        await AssertIsUpstreams401Async(answer);
        Assert.Single(_attempts);
    }

    [Fact]
    public async Task When_the_engine_fails_the_401_passes_as_it_is()
    {
        _tokens.Recovery = (_, _) => throw new InvalidOperationException("A defect.");
        await using var gateway = await RunningGateway.StartAsync(_upstream, _tokens);

        await AssertIsUpstreams401Async(await gateway.Proxy.GetAsync("plum/a"));
    }

    [Fact]
    public async Task Body_over_the_limit_is_not_kept_and_its_401_passes_while_the_token_is_replaced()
    {
        _tokens.Delivery = new TokenDelivery { ReplayBodyLimit = 1000 };
        RecoverWith(New);
        await using var gateway = await RunningGateway.StartAsync(_upstream, _tokens);

        using var answer = await gateway.Proxy.SendAsync(Request("POST", Body(1001)));

        await AssertIsUpstreams401Async(answer);
        Assert.Single(_attempts);
        await RunningGateway.WaitForAsync(() => Task.FromResult(_refused.Count == 1));
    }

    [Theory]
    [InlineData("application/octet-stream", "1.1")]
    [InlineData("application/grpc", "1.1")]
    public async Task Stream_is_never_kept_and_its_401_passes_while_the_token_is_replaced(string type, string version)
    {
        RecoverWith(New);
        await using var gateway = await RunningGateway.StartAsync(_upstream, _tokens);
        var content = new StreamContent(new MemoryStream(Enumerable.Range(0, 10).Select(i => (byte)i).ToArray()));
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var request = Request("POST", content, Version.Parse(version));
        request.Headers.TransferEncodingChunked = type != "application/grpc";

        using var answer = await gateway.Proxy.SendAsync(request);

        await AssertIsUpstreams401Async(answer);
        Assert.Single(_attempts);
        await RunningGateway.WaitForAsync(() => Task.FromResult(_refused.Count == 1));
    }

    [Fact]
    public async Task WebSocket_handshake_is_not_repeated()
    {
        RecoverWith(New);
        await using var gateway = await RunningGateway.StartAsync(_upstream, _tokens);
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(
            () => socket.ConnectAsync(new UriBuilder(new Uri(gateway.Proxy.BaseAddress!, "plum/ws")) { Scheme = "ws" }.Uri, CancellationToken.None));

        Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
        Assert.Single(_attempts);
        await RunningGateway.WaitForAsync(() => Task.FromResult(_refused.Count == 1));
    }

    [Fact]
    public async Task Client_that_goes_away_stops_the_waiting_and_nothing_is_sent_again()
    {
        var waiting = new TaskCompletionSource();
        var stopped = new TaskCompletionSource();
        _tokens.Recovery = async (_, cancellationToken) =>
        {
            cancellationToken.Register(stopped.SetResult);
            waiting.SetResult();
            await stopped.Task;
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        };
        await using var gateway = await RunningGateway.StartAsync(_upstream, _tokens);
        using var gone = new CancellationTokenSource();
        var request = gateway.Proxy.GetAsync("plum/a", gone.Token);
        await waiting.Task;

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
        Assert.Single(_attempts);
    }

    [Fact]
    public async Task Route_without_a_token_knows_nothing_of_all_this()
    {
        RecoverWith(New);
        await using var gateway = await RunningGateway.StartAsync(_upstream, _tokens);

        await AssertIsUpstreams401Async(await gateway.Proxy.GetAsync("plain/a"));
        Assert.Empty(_refused);
    }

    /// <summary>The engine gives <paramref name="token"/> from the first 401 on.</summary>
    private void RecoverWith(string? token) => _tokens.Recovery = (refused, _) =>
    {
        _refused.Enqueue(refused);
        if (token is null)
        {
            return Task.FromResult<AccessToken?>(null);
        }

        _tokens.Set("plum", token);
        return Task.FromResult<AccessToken?>(new AccessToken(new Secret(token), ScriptedTokens.At));
    };

    private async Task<Upstream> StartUpstreamAsync(HttpProtocols protocols = HttpProtocols.Http1)
    {
        var upstream = await Upstream.StartAsync(protocols);
        upstream.Respond = context => CheckAsync(context, readsFirst: true);
        return upstream;
    }

    private async Task CheckAsync(HttpContext context, bool readsFirst)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        var token = authorization.Length == 0 ? "" : authorization["Bearer ".Length..];
        var bytes = readsFirst || token == New ? await CountAsync(context.Request.Body) : 0;
        _attempts.Enqueue((token, bytes));
        if (token == New)
        {
            await context.Response.WriteAsync($"{bytes}");
            return;
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
        await context.Response.WriteAsync("The upstream's own words.");
    }

    private static async Task<long> CountAsync(Stream body)
    {
        var buffer = new byte[64 * 1024];
        var count = 0L;
        for (int read; (read = await body.ReadAsync(buffer)) > 0;)
        {
            // The content counts as well: byte i is i.
            for (var i = 0; i < read; i++)
            {
                Assert.Equal((byte)(count + i), buffer[i]);
            }

            count += read;
        }

        return count;
    }

    private static async Task AssertIsUpstreams401Async(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal("The upstream's own words.", await answer.Content.ReadAsStringAsync());
        Assert.False(answer.Headers.Contains("TokenGateway-Error"));
    }

    private static HttpRequestMessage Request(string method, HttpContent content, Version? version = null) => new(HttpMethod.Parse(method), "plum/a")
    {
        Content = method == "GET" ? null : content,
        Version = version ?? HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static ByteArrayContent Body(int bytes) => new([.. Enumerable.Range(0, bytes).Select(i => (byte)i)]);
}
