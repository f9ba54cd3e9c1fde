using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Security;

/// <summary>What a client may not say in its own name, or to the gateway only, does not reach the upstream.</summary>
public sealed class ClientHeaderTests
{
    private const string Ours = "Bearer access_token_of_plum";

    [Theory]
    [InlineData("Connection: X-Secret\r\nX-Secret: 1", "X-Secret")]
    [InlineData("Connection: close, x-secret\r\nX-Secret: 1", "X-Secret")]
    [InlineData("Connection: keep-alive\r\nConnection: ,X-One ,\tX-Two\r\nX-One: 1\r\nX-Two: 2", "X-One", "X-Two")]
    [InlineData("Connection: x-secret, Upgrade\r\nX-Secret: 1", "X-Secret", "Upgrade")]
    [InlineData("Connection: x-secret, keep-alive\r\nConnection: close\r\nX-Secret: 1", "X-Secret")]
    [InlineData("Connection: Cookie\r\nCookie: a=b", "Cookie")]
    [InlineData("Keep-Alive: timeout=5", "Keep-Alive")]
    [InlineData("Proxy-Connection: keep-alive", "Proxy-Connection")]
    [InlineData("Proxy-Authorization: Basic YTpi", "Proxy-Authorization")]
    [InlineData("TE: trailers, deflate", "TE")]
    [InlineData("Proxy_Authorization: Basic YTpi", "Proxy_Authorization")]
    [InlineData("proxy_AUTHORIZATION: Basic YTpi", "Proxy_Authorization")]
    [InlineData("Authorization_: Bearer client", "Authorization_")]
    [InlineData("_authorization: Bearer client", "_authorization")]
    [InlineData("Authorization.: Bearer client", "Authorization.")]
    [InlineData("TokenGateway_Key: client", "TokenGateway_Key")]
    [InlineData("tokengateway-key: client", "TokenGateway-Key")]
    public async Task Header_that_is_not_the_upstreams_to_see_is_dropped(string sent, params string[] dropped)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);

        var answer = await RawClient.AskAsync(gateway.Proxy.BaseAddress!, $"GET /plum/a HTTP/1.1\r\nHost: localhost\r\n{sent}\r\n\r\n");

        Assert.Equal(200, answer.Status);
        var request = Assert.Single(upstream.Requests);
        Assert.All(dropped, name => Assert.Empty(request.Values(name)));
        Assert.Equal([Ours], request.Values("Authorization"));
    }

    [Theory]
    [InlineData("Connection: Authorization")]
    [InlineData("Connection: close, authorization\r\nAuthorization: Bearer client")]
    [InlineData("Authorization: Bearer client\r\nAuthorization: Bearer client2")]
    public async Task Naming_authorization_does_not_drop_ours(string sent)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);

        await RawClient.AskAsync(gateway.Proxy.BaseAddress!, $"GET /plum/a HTTP/1.1\r\nHost: localhost\r\n{sent}\r\n\r\n");

        Assert.Equal([Ours], Assert.Single(upstream.Requests).Values("Authorization"));
    }

    [Theory]
    [InlineData("Connection: Content-Length")]
    [InlineData("Connection: content-length, Host, Transfer-Encoding")]
    public async Task Naming_what_frames_a_request_changes_nothing(string sent)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);

        await RawClient.AskAsync(gateway.Proxy.BaseAddress!, $"POST /plum/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n{sent}\r\n\r\nabc");

        Assert.Equal("abc", Assert.Single(upstream.Requests).Body);
    }

    [Theory]
    [InlineData("X-Authorization: own")]
    [InlineData("X_Request_Id: 7")]
    [InlineData("Author: somebody")]
    public async Task Header_of_the_clients_own_passes(string sent)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);

        await RawClient.AskAsync(gateway.Proxy.BaseAddress!, $"GET /plum/a HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n{sent}\r\n\r\n");

        var parts = sent.Split(": ");
        Assert.Equal([parts[1]], Assert.Single(upstream.Requests).Values(parts[0]));
    }

    private static Task<RunningGateway> StartAsync(RawUpstream upstream) =>
        RunningGateway.StartAsync(RunningGateway.Routes(upstream.Url, "plum"), new ScriptedTokens("plum"));
}
