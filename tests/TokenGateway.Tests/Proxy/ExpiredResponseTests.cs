using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens;

namespace TokenGateway.Tests.Proxy;

/// <summary>APIs that say in their own way that a token is dead.</summary>
public sealed class ExpiredResponseTests : IAsyncLifetime
{
    private const string Old = "access_token_of_plum";
    private const string New = "access_token_2";

    private readonly ScriptedTokens _tokens = new("plum")
    {
        Delivery = new TokenDelivery
        {
            ExpiredResponses =
            [
                new ExpiredResponse { Status = 403, Contains = "InvalidTokenError" },
                new ExpiredResponse { Status = 200, Contains = "token_expired" },
                new ExpiredResponse { Status = 302, Location = "/login" },
                new ExpiredResponse { GrpcStatus = 16 },
            ],
        },
    };

    private int _recoveries;
    private Upstream _upstream = null!;
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _tokens.Recovery = (refused, _) =>
        {
            Assert.Equal(Old, refused);
            Interlocked.Increment(ref _recoveries);
            _tokens.Set("plum", New);
            return Task.FromResult<AccessToken?>(new AccessToken(new Secret(New), ScriptedTokens.At));
        };
        _upstream = await Upstream.StartAsync();
        _gateway = await RunningGateway.StartAsync(_upstream, _tokens);
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Theory]
    [InlineData(403, """{"error":{"code":"InvalidTokenError"}}""", null)]
    [InlineData(403, """{"error":{"code":"InvalidTokenError"}}""", "gzip")]
    [InlineData(403, """{"error":{"code":"InvalidTokenError"}}""", "br")]
    [InlineData(403, """{"error":{"code":"InvalidTokenError"}}""", "deflate")]
    [InlineData(200, """{"ok":false,"error":"token_expired"}""", null)]
    [InlineData(302, "", null)]
    public async Task Response_that_says_so_is_met_like_a_401(int status, string body, string? encoding)
    {
        Refuse(context => RespondAsync(context, status, body, encoding));

        using var response = await SendAsync();

        Assert.Equal((HttpStatusCode.OK, "sent once more"), (response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.Equal((1, 2), (_recoveries, _upstream.Requests.Count));
        Assert.Empty(response.Content.Headers.ContentEncoding);
    }

    [Theory]
    [InlineData(403, """{"error":"insufficient rights"}""", null)]
    [InlineData(403, "gzip", "gzip")]
    [InlineData(403, "", null)]
    [InlineData(500, "InvalidTokenError", null)]
    [InlineData(200, "all is good", null)]
    public async Task Other_response_passes_as_it_is(int status, string body, string? encoding)
    {
        Refuse(context => RespondAsync(context, status, body, encoding, "/elsewhere"));

        using var response = await SendAsync();

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(Encode(body, encoding), await response.Content.ReadAsByteArrayAsync());
        Assert.Equal((0, 1), (_recoveries, _upstream.Requests.Count));
    }

    [Theory]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(300_000)]
    public async Task Long_body_is_looked_at_for_four_kilobytes_and_passes_whole(int length)
    {
        var body = new string('x', length) + "InvalidTokenError";
        Refuse(context => RespondAsync(context, 403, body, null));

        using var response = await SendAsync();

        Assert.Equal(body, await response.Content.ReadAsStringAsync());
        Assert.Equal(0, _recoveries);
    }

    [Theory]
    [InlineData("text/event-stream", 200)]
    [InlineData("application/json", 201)]
    public async Task Stream_that_is_not_looked_into_is_not_held_up(string type, int status)
    {
        var read = new TaskCompletionSource();
        Refuse(async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            await context.Response.WriteAsync("first\n");
            await context.Response.Body.FlushAsync();
            await read.Task;
            await context.Response.WriteAsync("second\n");
        });

        using var response = await SendAsync();
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("first", await lines.ReadLineAsync());
        read.SetResult();

        Assert.Equal("second", await lines.ReadLineAsync());
    }

    [Fact]
    public async Task Body_that_is_slow_is_waited_for_a_second_at_most_and_passes_whole()
    {
        var read = new TaskCompletionSource();
        Refuse(async context =>
        {
            await context.Response.WriteAsync("first\n");
            await context.Response.Body.FlushAsync();
            await read.Task;
            await context.Response.WriteAsync("second\n");
        });

        using var response = await SendAsync();
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("first", await lines.ReadLineAsync());
        read.SetResult();

        Assert.Equal("second\n", await lines.ReadToEndAsync());
    }

    [Fact]
    public async Task Grpc_call_that_ends_so_is_not_sent_again_while_its_token_is_replaced()
    {
        Refuse(context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "16";
            return Task.CompletedTask;
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, "plum/a") { Content = new ByteArrayContent([0, 0, 0, 0, 0]) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");

        using var response = await _gateway.Proxy.SendAsync(request);

        Assert.Equal(["16"], response.Headers.GetValues("grpc-status"));
        await RunningGateway.WaitForAsync(() => Task.FromResult(_recoveries == 1));
        Assert.Single(_upstream.Requests);
    }

    /// <summary>The API answers the old token so, and the new one well.</summary>
    private void Refuse(RequestDelegate refusal) => _upstream.Respond = context =>
        context.Request.Headers.Authorization == $"Bearer {New}" ? context.Response.WriteAsync("sent once more") : refusal(context);

    private Task<HttpResponseMessage> SendAsync()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "plum/a");
        return _gateway.Proxy.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task RespondAsync(HttpContext context, int status, string body, string? encoding, string location = "/login?back=a")
    {
        context.Response.StatusCode = status;
        context.Response.Headers.ContentEncoding = encoding;
        context.Response.Headers.Location = location;
        await context.Response.Body.WriteAsync(Encode(body, encoding));
    }

    private static byte[] Encode(string text, string? encoding)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        using var packed = new MemoryStream();
        using (Stream? packing = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => null,
        })
        {
            packing?.Write(bytes);
        }

        return encoding is null ? bytes : packed.ToArray();
    }
}
