using System.Net;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens;

namespace TokenGateway.Tests.Proxy;

public sealed class BearerTokenTests
{
    [Theory]
    [InlineData("Authorization", "Bearer client")]
    [InlineData("aUTHORIZATION", "Basic Y2xpZW50OmNsaWVudA==")]
    [InlineData("authorization", "not even a scheme, twice")]
    public async Task Request_with_its_own_authorization_reaches_the_upstream_with_the_credentials_only(string name, string value)
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "plum/things");
        request.Headers.TryAddWithoutValidation(name, value);

        using var response = await gateway.Proxy.SendAsync(request);

        Assert.Equal("GET /plum/things", await response.Content.ReadAsStringAsync());
        Assert.Equal(["Bearer access_token_of_plum"], Assert.Single(upstream.Requests)["Authorization"]);
    }

    [Fact]
    public async Task Body_larger_than_the_servers_own_limit_streams_through()
    {
        const int Size = 40_000_000;
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));
        using var body = new ByteArrayContent(new byte[Size]);

        using var response = await gateway.Proxy.PostAsync("plum/upload", body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Size, upstream.BodyBytes);
    }

    [Fact]
    public async Task Routes_with_different_credentials_send_each_its_own()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum", "pear"));

        await gateway.Proxy.GetStringAsync("plum/a");
        await gateway.Proxy.GetStringAsync("pear/b");

        Assert.Equal(
            ["Bearer access_token_of_plum", "Bearer access_token_of_pear"],
            upstream.Requests.SelectMany(headers => headers["Authorization"]));
    }

    [Fact]
    public async Task Route_without_the_transform_passes_the_clients_authorization()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "plain/things");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer client");

        using var response = await gateway.Proxy.SendAsync(request);

        Assert.Equal(["Bearer client"], Assert.Single(upstream.Requests)["Authorization"]);
    }

    [Fact]
    public async Task Later_transform_that_appends_an_authorization_does_not_get_a_second_one_sent()
    {
        await using var upstream = await Upstream.StartAsync();
        var values = RunningGateway.Routes(upstream.Url, "plum");
        values["ReverseProxy:Routes:plum:Transforms:1:RequestHeader"] = "Authorization";
        values["ReverseProxy:Routes:plum:Transforms:1:Append"] = "Bearer other";
        await using var gateway = await RunningGateway.StartAsync(values, new ScriptedTokens("plum"));

        await gateway.Proxy.GetStringAsync("plum/a");

        Assert.Equal(["Bearer access_token_of_plum"], Assert.Single(upstream.Requests)["Authorization"]);
    }

    [Fact]
    public async Task Request_that_waits_for_a_rotation_is_sent_with_the_new_token()
    {
        await using var upstream = await Upstream.StartAsync();
        var engine = new ScriptedTokens("plum");
        var (asked, rotated) = (new TaskCompletionSource(), new TaskCompletionSource<TokenResult>());
        engine.Set("plum", _ =>
        {
            asked.TrySetResult();
            return new ValueTask<TokenResult>(rotated.Task);
        });
        await using var gateway = await RunningGateway.StartAsync(upstream, engine);

        var request = gateway.Proxy.GetStringAsync("plum/a");
        await asked.Task;
        Assert.Empty(upstream.Requests);
        rotated.SetResult(TokenResult.Success(new AccessToken(new Secret("access_token_2"), ScriptedTokens.At)));
        await request;

        Assert.Equal(["Bearer access_token_2"], Assert.Single(upstream.Requests)["Authorization"]);
    }

    [Fact]
    public async Task Trace_is_answered_405_and_not_forwarded()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));
        using var request = new HttpRequestMessage(HttpMethod.Trace, "plum/a");

        using var response = await gateway.Proxy.SendAsync(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task Management_paths_do_not_exist_on_the_proxys_port()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));

        foreach (var path in new[] { "livez", "readyz", "startupz", "healthz", "metrics", "api/credentials", "" })
        {
            using var response = await gateway.Proxy.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }
}
