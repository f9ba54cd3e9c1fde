using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Traffic;

/// <summary>What flows for long, or in an order of its own, flows as if nobody stood between.</summary>
public sealed class StreamTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public static TheoryData<string, string> Versions => Paths.All;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Each_event_arrives_before_the_next_is_sent(string client, string server)
    {
        await using var upstream = await Upstream.StartAsync(Paths.ProtocolOf(server));
        var seen = Channel.CreateUnbounded<string>();
        upstream.Respond = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            for (var i = 1; i <= 3; i++)
            {
                await context.Response.WriteAsync($"data: {i}\n\n");
                await context.Response.Body.FlushAsync();
                await seen.Reader.ReadAsync();
            }
        };
        await using var gateway = await Paths.StartAsync(upstream, client, server);

        using var answer = await gateway.Proxy.GetAsync("plum/events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal($"data: {i}", await reader.ReadLineAsync().WaitAsync(Bound, TimeProvider.System));
            Assert.Equal("", await reader.ReadLineAsync().WaitAsync(Bound, TimeProvider.System));
            seen.Writer.TryWrite("next");
        }

        Assert.Null(await reader.ReadLineAsync().WaitAsync(Bound, TimeProvider.System));
    }

    [Fact]
    public async Task Trailers_pass_over_HTTP_2()
    {
        await using var upstream = await Upstream.StartAsync(Paths.ProtocolOf("2.0"));
        upstream.Respond = async context =>
        {
            context.Response.DeclareTrailer("checksum");
            await context.Response.WriteAsync("body");
            context.Response.AppendTrailer("checksum", "42");
        };
        await using var gateway = await Paths.StartAsync(upstream, "2.0", "2.0");

        using var answer = await gateway.Proxy.GetAsync("plum/a");

        Assert.Equal("body", await answer.Content.ReadAsStringAsync());
        Assert.Equal(["42"], answer.TrailingHeaders.GetValues("checksum"));
    }

    [Theory]
    [InlineData("1.1", "1.1")]
    [InlineData("2.0", "2.0")]
    public async Task Upstream_that_answers_before_it_has_read_the_body_is_heard(string client, string server)
    {
        await using var upstream = await Upstream.StartAsync(Paths.ProtocolOf(server));
        upstream.Respond = context =>
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return context.Response.WriteAsync("Too large.");
        };
        await using var gateway = await Paths.StartAsync(upstream, client, server);

        using var request = Paths.Post(gateway, new ByteArrayContent(new byte[20_000_000]));
        using var answer = await gateway.Proxy.SendAsync(request).WaitAsync(Bound, TimeProvider.System);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "Too large."), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Client_that_expects_100_continue_sends_its_body_when_the_upstream_wants_it_and_not_otherwise()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await Paths.StartAsync(upstream, "1.1", "1.1");
        upstream.Respond = context =>
        {
            context.Response.StatusCode = context.Request.Path == "/plum/no" ? StatusCodes.Status403Forbidden : StatusCodes.Status200OK;
            return context.Request.Path == "/plum/no" ? Task.CompletedTask : context.Request.Body.CopyToAsync(Stream.Null);
        };

        var (wanted, unwanted) = (new WatchedContent(), new WatchedContent());
        using var yes = await SendExpectingAsync(gateway, "plum/yes", wanted);
        using var no = await SendExpectingAsync(gateway, "plum/no", unwanted);

        Assert.Equal((HttpStatusCode.OK, true), (yes.StatusCode, wanted.HasBegun));
        Assert.Equal((HttpStatusCode.Forbidden, false), (no.StatusCode, unwanted.HasBegun));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Client_that_goes_away_cancels_the_request_to_the_upstream(string client, string server)
    {
        await using var upstream = await Upstream.StartAsync(Paths.ProtocolOf(server));
        var cancelled = new TaskCompletionSource();
        upstream.Respond = async context =>
        {
            using var registration = context.RequestAborted.Register(cancelled.SetResult);
            await cancelled.Task;
        };
        await using var gateway = await Paths.StartAsync(upstream, client, server);
        using var gone = new CancellationTokenSource();
        var request = gateway.Proxy.GetAsync("plum/a", gone.Token);
        await upstream.Arrived.Task;

        await gone.CancelAsync();

        await cancelled.Task.WaitAsync(Bound, TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
    }

    [Fact]
    public async Task Redirect_passes_unfollowed_and_without_the_token()
    {
        await using var upstream = await Upstream.StartAsync();
        upstream.Respond = context =>
        {
            context.Response.Redirect("https://elsewhere.example/login?next=" + context.Request.Path, permanent: false);
            return Task.CompletedTask;
        };
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = gateway.Proxy.BaseAddress };

        using var answer = await client.GetAsync("plum/a");

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("https://elsewhere.example/login?next=/plum/a", answer.Headers.Location!.OriginalString);
        Assert.Single(upstream.Requests);
        Assert.DoesNotContain("access_token", answer.ToString(), StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> SendExpectingAsync(RunningGateway gateway, string path, HttpContent content)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, Expect100ContinueTimeout = TimeSpan.FromMinutes(5) }) { BaseAddress = gateway.Proxy.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.ExpectContinue = true;
        return await client.SendAsync(request).WaitAsync(Bound, TimeProvider.System);
    }
}
