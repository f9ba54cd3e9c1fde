using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens;

namespace TokenGateway.Tests.Proxy;

public sealed class FailClosedTests
{
    [Theory]
    [InlineData(TokenFailureCode.TokenUnavailable, 503, "token_unavailable")]
    [InlineData(TokenFailureCode.StoreUnavailable, 503, "store_unavailable")]
    [InlineData(TokenFailureCode.RotationInDoubt, 503, "rotation_in_doubt")]
    [InlineData(TokenFailureCode.ReauthorizationRequired, 502, "reauthorization_required")]
    public async Task Request_without_a_token_is_refused_with_the_reason_and_never_forwarded(TokenFailureCode failure, int status, string code)
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum");
        engine.Set("plum", failure, TimeSpan.FromSeconds(2.4));
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        using var response = await gateway.Proxy.PostAsync("plum/a", new StringContent("a body"));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal([code], response.Headers.GetValues("TokenGateway-Error"));
        Assert.Equal(status == 503 ? TimeSpan.FromSeconds(3) : null, response.Headers.RetryAfter?.Delta);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(code, problem.RootElement.GetProperty("code").GetString());
        Assert.Equal("plum", problem.RootElement.GetProperty("credential").GetString());
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.RootElement.GetProperty("title").GetString()!);
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task Retry_after_is_at_least_a_second()
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum");
        engine.Set("plum", TokenFailureCode.TokenUnavailable, TimeSpan.Zero);
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        using var response = await gateway.Proxy.GetAsync("plum/a");

        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
    }

    public static TheoryData<string> WaysToThrow => ["at once", "later", "cancelled by someone else"];

    [Theory]
    [MemberData(nameof(WaysToThrow))]
    public async Task Engine_that_throws_gives_503_and_nothing_is_forwarded(string way)
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum");
        engine.Set("plum", _ => way switch
        {
            "at once" => throw new InvalidOperationException("a defect"),
            "later" => ThrowLaterAsync(),
            _ => ValueTask.FromException<TokenResult>(new OperationCanceledException()),
        });
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        using var response = await gateway.Proxy.GetAsync("plum/a");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(["token_unavailable"], response.Headers.GetValues("TokenGateway-Error"));
        Assert.DoesNotContain("a defect", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(upstream.Requests);

        static async ValueTask<TokenResult> ThrowLaterAsync()
        {
            await Task.Yield();
            throw new InvalidOperationException("a defect");
        }
    }

    [Theory]
    [InlineData(TokenFailureCode.TokenUnavailable, "14")]
    [InlineData(TokenFailureCode.StoreUnavailable, "14")]
    [InlineData(TokenFailureCode.RotationInDoubt, "14")]
    [InlineData(TokenFailureCode.ReauthorizationRequired, "9")]
    public async Task Grpc_call_without_a_token_gets_its_status_in_the_headers_and_is_never_forwarded(TokenFailureCode failure, string status)
    {
        await using var upstream = await Upstream.StartAsync(HttpProtocols.Http2);
        var values = RunningGateway.Routes(upstream.Url, "plum");
        values.Remove("Urls");
        values["Kestrel:Endpoints:grpc:Url"] = "http://127.0.0.1:0";
        values["Kestrel:Endpoints:grpc:Protocols"] = "Http2";
        values["ReverseProxy:Clusters:upstream:HttpRequest:Version"] = "2";
        values["ReverseProxy:Clusters:upstream:HttpRequest:VersionPolicy"] = "RequestVersionExact";
        var engine = new ScriptedTokens("plum");
        await using var gateway = await RunningGateway.StartAsync(values, engine, version: HttpVersion.Version20);
        using (var forwarded = await gateway.Proxy.SendAsync(Call()))
        {
            Assert.Single(upstream.Requests); // So that an empty queue below means something.
        }

        engine.Set("plum", failure);
        using var response = await gateway.Proxy.SendAsync(Call());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal([status], response.Headers.GetValues("grpc-status"));
        Assert.Contains("Something%20is%20wrong.", response.Headers.GetValues("grpc-message").Single(), StringComparison.Ordinal);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        Assert.Single(upstream.Requests);
    }

    private static HttpRequestMessage Call() => new(HttpMethod.Post, "plum/service/method")
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { ContentType = new("application/grpc+proto") } },
    };
}
