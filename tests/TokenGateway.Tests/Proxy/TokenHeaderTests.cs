using System.Net;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tests.Security;
using TokenGateway.Tokens;

namespace TokenGateway.Tests.Proxy;

/// <summary>APIs that want their token in a header of their own.</summary>
public sealed class TokenHeaderTests
{
    private const string Shop = "X-Shopify-Access-Token";
    private const string Token = "access_token_of_plum";

    [Theory]
    [InlineData(Shop, "", Token)]
    [InlineData(Shop, "Bearer", $"Bearer {Token}")]
    [InlineData("Authorization", "Zoho-oauthtoken", $"Zoho-oauthtoken {Token}")]
    [InlineData("Authorization", "", Token)]
    public async Task Token_goes_into_the_credentials_header_under_its_scheme(string header, string scheme, string value)
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Url, new TokenDelivery { Header = header, Scheme = scheme });

        await gateway.Proxy.GetStringAsync("plum/a");

        var seen = Assert.Single(upstream.Requests);
        Assert.Equal([value], seen[header]);
        Assert.Equal(header == "Authorization", seen.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Route_names_another_header_and_scheme_than_the_credential()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await StartAsync(upstream.Url, new TokenDelivery { Scheme = "Token" }, (Header: "X-Api-Token", Scheme: "key"));

        await gateway.Proxy.GetStringAsync("plum/a");
        await gateway.Proxy.GetStringAsync("plum/b");

        Assert.All(upstream.Requests, seen => Assert.Equal([$"key {Token}"], seen["X-Api-Token"]));
        Assert.All(upstream.Requests, seen => Assert.False(seen.ContainsKey("Authorization")));
    }

    [Theory]
    [InlineData(Shop, "X-Shopify-Access-Token: client")]
    [InlineData(Shop, "x-shopify-ACCESS-token: client\r\nX-Shopify-Access-Token: client2")]
    [InlineData(Shop, "X_Shopify_Access_Token: client")]
    [InlineData(Shop, "X-Shopify_Access.Token: client")]
    [InlineData(Shop, "Authorization: Bearer client")]
    [InlineData(Shop, "Connection: X-Shopify-Access-Token\r\nX-Shopify-Access-Token: client")]
    [InlineData("X_Api_Key", "X-Api-Key: client")]
    public async Task Clients_own_copy_is_dropped_in_every_spelling(string header, string sent)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream.Url, new TokenDelivery { Header = header, Scheme = "" });

        await RawClient.AskAsync(gateway.Proxy.BaseAddress!, $"GET /plum/a HTTP/1.1\r\nHost: localhost\r\n{sent}\r\n\r\n");

        var seen = Assert.Single(upstream.Requests);
        Assert.Equal([Token], seen.Values(header));
        Assert.DoesNotContain(seen.Headers, field => field.Value.Contains("client", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Request_that_is_refused_is_sent_once_more_in_the_same_header()
    {
        await using var upstream = await Upstream.StartAsync();
        upstream.Respond = context =>
        {
            context.Response.StatusCode = context.Request.Headers[Shop] == "access_token_2" ? 200 : 401;
            return Task.CompletedTask;
        };
        var tokens = Tokens(new TokenDelivery { Header = Shop, Scheme = "" });
        tokens.Recovery = (refused, _) =>
        {
            Assert.Equal(Token, refused);
            tokens.Set("plum", "access_token_2");
            return Task.FromResult<AccessToken?>(new AccessToken(new Secret("access_token_2"), ScriptedTokens.At, ""));
        };
        await using var gateway = await RunningGateway.StartAsync(upstream, tokens);

        using var response = await gateway.Proxy.GetAsync("plum/a");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([Token, "access_token_2"], upstream.Requests.SelectMany(seen => seen[Shop]));
    }

    [Theory]
    [InlineData("Host", "", "is a header that frames a request")]
    [InlineData("Content-Type", "", "cannot carry a token")]
    [InlineData("X Token", "", "cannot carry a token")]
    [InlineData("X-Token", "a b", "is not one word")]
    public async Task Route_with_a_header_or_scheme_that_cannot_be_sent_is_refused(string header, string scheme, string problem)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync("http://127.0.0.1:1/", new TokenDelivery(), (header, scheme)));

        Assert.Contains(problem, failure.ToString(), StringComparison.Ordinal);
    }

    private static ScriptedTokens Tokens(TokenDelivery delivery)
    {
        var tokens = new ScriptedTokens("plum") { Delivery = delivery };
        tokens.Set("plum", Token);
        return tokens;
    }

    private static Task<RunningGateway> StartAsync(string upstream, TokenDelivery delivery, (string Header, string Scheme)? route = null)
    {
        var values = RunningGateway.Routes(upstream, "plum");
        if (route is { } own)
        {
            values["ReverseProxy:Routes:plum:Transforms:0:Header"] = own.Header;
            values["ReverseProxy:Routes:plum:Transforms:0:Scheme"] = own.Scheme;
        }

        return RunningGateway.StartAsync(values, Tokens(delivery));
    }
}
