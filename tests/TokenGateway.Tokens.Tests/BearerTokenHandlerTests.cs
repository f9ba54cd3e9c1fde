using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using TokenGateway.Simulator;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Tests.Rotation;

namespace TokenGateway.Tokens.Tests;

/// <summary>Tokens on the requests of an <see cref="HttpClient"/>, against a strict upstream.</summary>
public sealed class BearerTokenHandlerTests
{
    [Theory]
    [InlineData("none", 0)]
    [InlineData("array", 1000)]
    [InlineData("json", 9)]
    [InlineData("stream", 1000)]
    [InlineData("form", 7)]
    public async Task A_request_whose_token_is_dead_is_sent_once_more_with_its_content(string kind, int length)
    {
        await using var fleet = await StartAsync();
        using var client = Client(await fleet.AddLiveReplicaAsync());
        fleet.Simulator.InvalidateAccessTokens(fleet.Seed.Family);
        using var request = new HttpRequestMessage(HttpMethod.Post, fleet.Simulator.UpstreamUrl + "/api/a") { Content = Content(kind, length) };

        using var answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var echo = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(length, echo.GetProperty("bodyLength").GetInt32());
        Assert.Equal(2, echo.GetProperty("generation").GetInt32());
        Assert.Equal((2, 1, 0), (fleet.Simulator.Counters.UpstreamRequests, fleet.Simulator.Counters.Unauthorized, fleet.Simulator.Counters.Naked));
    }

    [Theory]
    [InlineData("array", 1001)]
    [InlineData("stream", 1001)]
    [InlineData("untold", 10)]
    public async Task Content_that_is_too_long_or_of_unknown_length_is_not_sent_again_and_the_token_is_replaced_behind_its_401(string kind, int length)
    {
        await using var fleet = await StartAsync();
        fleet.Credential = fleet.Credential with { Delivery = new TokenDelivery { ReplayBodyLimit = 1000 } };
        var replica = await fleet.AddLiveReplicaAsync();
        using var client = Client(replica);
        fleet.Simulator.InvalidateAccessTokens(fleet.Seed.Family);

        using var answer = await client.PostAsync(fleet.Simulator.UpstreamUrl + "/api/a", Content(kind, length));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(1, fleet.Simulator.Counters.UpstreamRequests);
        await replica.UntilAsync(status => status.Generation == 2);
    }

    [Fact]
    public async Task A_401_behind_a_redirect_is_not_answered_with_a_token_that_was_not_refused()
    {
        await using var fleet = await StartAsync();
        await using var elsewhere = WebApplication.CreateSlimBuilder().Build();
        elsewhere.Urls.Add("http://127.0.0.1:0");
        var seen = new List<string>();
        elsewhere.MapGet("/redirect", () => Results.Redirect("/elsewhere"));
        elsewhere.MapGet("/elsewhere", (HttpContext context) =>
        {
            seen.Add(context.Request.Headers.Authorization.ToString());
            return Results.StatusCode(401);
        });
        await elsewhere.StartAsync();
        using var client = Client(await fleet.AddLiveReplicaAsync());

        using var answer = await client.GetAsync(elsewhere.Urls.Single() + "/redirect");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal([""], seen);
        Assert.Equal(0, fleet.Simulator.Counters.ValidateCalls);
    }

    [Theory]
    [InlineData("X-Shopify-Access-Token", "", 401, null)]
    [InlineData("Authorization", "Token", 401, null)]
    [InlineData("Authorization", "Bearer", 403, "InvalidTokenError")]
    public async Task A_token_goes_and_is_refused_as_the_settings_say(string header, string scheme, int status, string? contains)
    {
        await using var fleet = await StartAsync();
        fleet.Credential = fleet.Credential with
        {
            ValidateEndpoint = null,
            Validation = fleet.Credential.Validation with { On401 = On401.Rotate },
            Delivery = new TokenDelivery { Header = header, Scheme = scheme, ExpiredResponses = contains is null ? [] : [new ExpiredResponse { Status = status, Contains = contains }] },
        };
        await using var api = WebApplication.CreateSlimBuilder().Build();
        api.Urls.Add("http://127.0.0.1:0");
        var seen = new List<string>();
        api.Map("/a", (HttpContext context) =>
        {
            seen.Add(context.Request.Headers[header].ToString());
            Assert.Equal(header == "Authorization" ? 1 : 0, context.Request.Headers.Authorization.Count);
            return seen.Count == 1 ? Results.Json(new { code = contains }, statusCode: status) : Results.Ok();
        });
        await api.StartAsync();
        using var client = Client(await fleet.AddLiveReplicaAsync());
        using var request = new HttpRequestMessage(HttpMethod.Get, api.Urls.Single() + "/a");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer caller");
        request.Headers.TryAddWithoutValidation("X_Shopify_Access_Token", "caller");

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(2, seen.Distinct().Count());
        Assert.All(seen, value => Assert.StartsWith(scheme, value, StringComparison.Ordinal));
        Assert.All(seen, value => Assert.Equal(scheme.Length == 0 ? 40 : scheme.Length + 41, value.Length));
    }

    [Fact]
    public async Task A_token_in_a_header_of_its_own_does_not_follow_a_redirect()
    {
        await using var fleet = await StartAsync();
        fleet.Credential = fleet.Credential with { Delivery = new TokenDelivery { Header = "X-Token" } };
        await using var api = WebApplication.CreateSlimBuilder().Build();
        api.Urls.Add("http://127.0.0.1:0");
        var followed = false;
        api.MapGet("/redirect", () => Results.Redirect("/elsewhere"));
        api.MapGet("/elsewhere", () => followed = true);
        await api.StartAsync();
        using var client = Client(await fleet.AddLiveReplicaAsync());

        using var response = await client.GetAsync(api.Urls.Single() + "/redirect");

        Assert.Equal((HttpStatusCode.Redirect, false), (response.StatusCode, followed));
    }

    [Fact]
    public async Task A_synchronous_call_sends_nothing()
    {
        await using var fleet = await StartAsync();
        using var client = Client(await fleet.AddLiveReplicaAsync());
        using var request = new HttpRequestMessage(HttpMethod.Get, fleet.Simulator.UpstreamUrl + "/api/a");

        Assert.Throws<NotSupportedException>(() => client.Send(request));
        Assert.Equal(0, fleet.Simulator.Counters.UpstreamRequests);
    }

    private static HttpContent? Content(string kind, int length) => kind switch
    {
        "array" => new ByteArrayContent(new byte[length]),
        "json" => JsonContent.Create(new { a = 123 }),
        "stream" => new StreamContent(new MemoryStream(new byte[length])),
        "form" => new FormUrlEncodedContent([new("a", "12345")]),
        "untold" => new StreamContent(new UntoldStream()),
        _ => null,
    };

    private static HttpClient Client(Replica replica) =>
        new(new BearerTokenHandler(replica.Manager, Fleet.Name) { InnerHandler = new SocketsHttpHandler { UseProxy = false } });

    private static async Task<Fleet> StartAsync()
    {
        var fleet = await Fleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromHours(1) });
        fleet.Credential = fleet.Credential with
        {
            ValidateEndpoint = new Uri(fleet.Simulator.BaseUrl + "/v1/oauth/token"),
            Validation = new ValidationSettings { OnAdopt = false, Interval = TimeSpan.Zero },
        };
        return fleet;
    }

    /// <summary>Ten bytes, which it does not tell beforehand.</summary>
    private sealed class UntoldStream : Stream
    {
        private int _left = 10;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = Math.Min(count, _left);
            _left -= read;
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
