using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TokenGateway.Hosting;
using TokenGateway.Management;
using TokenGateway.Tests.Gateway;
using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tests.Management;

public sealed class ManagementAccessTests
{
    [Theory]
    [InlineData("127.0.0.1", "localhost:8081", null, 401)]
    [InlineData("127.0.0.1", "localhost:8081", "Bearer the key", 200)]
    [InlineData("127.0.0.1", "gateway.example", "Bearer the key", 200)]
    [InlineData("127.0.0.1", "localhost", "Bearer another", 401)]
    [InlineData("10.0.0.7", "localhost", null, 401)]
    [InlineData("10.0.0.7", "gateway:8081", "Bearer another", 401)]
    [InlineData("10.0.0.7", "gateway:8081", "the key", 401)]
    [InlineData("10.0.0.7", "gateway:8081", "bearer the key", 200)]
    public async Task A_configured_key_is_asked_of_everybody(string caller, string host, string? authorization, int status)
    {
        var context = Call("GET", "/api/credentials", caller, host);
        context.Request.Headers.Authorization = authorization;

        Assert.Equal(status, await AskAsync(context, "the key"));
    }

    [Theory]
    [InlineData("127.0.0.1", "localhost:8081", 200)]
    [InlineData("::1", "[::1]:8081", 200)]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1", 200)]
    [InlineData("127.0.0.1", "evil.example", 401)]
    [InlineData("127.0.0.1", "localhost.evil.example", 401)]
    [InlineData("10.0.0.7", "localhost", 401)]
    public async Task Without_a_configured_key_the_api_is_for_calls_from_loopback_by_a_loopback_name(string caller, string host, int status) =>
        Assert.Equal(status, await AskAsync(Call("GET", "/api/credentials", caller, host), key: null));

    [Theory]
    [InlineData("Forwarded", "for=10.0.0.7")]
    [InlineData("X-Forwarded-For", "10.0.0.7")]
    [InlineData("x-forwarded-host", "evil.example")]
    [InlineData("Via", "1.1 nginx")]
    public async Task Without_a_configured_key_what_was_forwarded_is_refused_and_with_one_it_is_not(string header, string value)
    {
        var (without, with) = (Call("GET", "/api/credentials", "127.0.0.1", "localhost"), Call("GET", "/api/credentials", "127.0.0.1", "localhost"));
        without.Request.Headers[header] = with.Request.Headers[header] = value;
        with.Request.Headers.Authorization = "Bearer the key";

        Assert.Equal((401, 200), (await AskAsync(without, key: null), await AskAsync(with, "the key")));
    }

    [Theory]
    [InlineData("/healthz", "127.0.0.1", "rebound.example", 403)]
    [InlineData("/metrics", "127.0.0.1", "rebound.example:8081", 403)]
    [InlineData("/readyz", "::1", "rebound.example", 403)]
    [InlineData("/", "127.0.0.1", "gateway.example", 200)] // It holds nothing: what it shows is asked for with the key.
    [InlineData("/metrics", "127.0.0.1", "localhost:8081", 200)]
    [InlineData("/metrics", "127.0.0.1", "", 200)] // HTTP/1.0; a browser always names one.
    [InlineData("/metrics", "10.0.0.7", "gateway-1:8081", 200)]
    [InlineData("/login/callback", "127.0.0.1", "gateway.example", 200)]
    public async Task What_needs_no_key_answers_to_no_foreign_name_on_loopback(string path, string caller, string host, int status) =>
        Assert.Equal(status, await AskAsync(Call("GET", path, caller, host), "the key"));

    [Fact]
    public async Task Api_without_a_configured_key_is_closed_to_other_machines()
    {
        var context = Call("GET", "/api/credentials", "10.0.0.7", "gateway:8081");
        context.Request.Headers.Authorization = "Bearer ";

        Assert.Equal(401, await AskAsync(context, key: null));
    }

    [Theory]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    [InlineData("/startupz")]
    [InlineData("/healthz")]
    public async Task Probes_need_no_key_from_anywhere(string path) =>
        Assert.Equal(200, await AskAsync(Call("GET", path, "10.0.0.7", "10.0.0.9:8081"), "the key"));

    [Theory]
    [InlineData("GET", "http://evil.example", "cross-site", 200)]
    [InlineData("POST", null, null, 200)]
    [InlineData("POST", "http://localhost:8081", "same-origin", 200)]
    [InlineData("POST", "https://localhost:8081", "same-origin", 200)] // Behind a proxy that ends TLS.
    [InlineData("POST", null, "none", 200)]
    [InlineData("POST", "http://localhost:9999", null, 403)]
    [InlineData("POST", "http://evil.example", null, 403)]
    [InlineData("POST", "null", null, 403)]
    [InlineData("POST", null, "cross-site", 403)]
    [InlineData("PUT", null, "same-site", 403)]
    public async Task State_changing_calls_from_another_origin_are_refused(string method, string? origin, string? site, int status)
    {
        var context = Call(method, "/api/credentials/plum/rotate", "127.0.0.1", "localhost:8081");
        context.Request.Headers.Origin = origin;
        context.Request.Headers["Sec-Fetch-Site"] = site;

        Assert.Equal(status, await AskAsync(context, key: null));
    }

    [Fact]
    public async Task Host_header_that_is_no_loopback_name_is_refused_by_the_real_listener()
    {
        await using var upstream = await Upstream.StartAsync();
        await using var gateway = await RunningGateway.StartAsync(upstream, new ScriptedTokens("plum"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/credentials");
        request.Headers.Host = "rebound.example";

        using var response = await gateway.Management.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Fact]
    public async Task Key_in_a_file_is_read_again_when_it_changes()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "old key\n");
            var time = new FakeTimeProvider();
            var keys = new SecretSet([new SecretSource { File = file }], time);
            Assert.True(keys.Contains("old key"));

            await File.WriteAllTextAsync(file, "new key\n");
            time.Advance(TimeSpan.FromSeconds(10));

            Assert.True(keys.Contains("new key"));
            Assert.False(keys.Contains("old key"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static DefaultHttpContext Call(string method, string path, string caller, string host)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Scheme = "http";
        context.Request.Path = path;
        context.Request.Host = new HostString(host);
        context.Connection.RemoteIpAddress = IPAddress.Parse(caller);
        return context;
    }

    private static async Task<int> AskAsync(DefaultHttpContext context, string? key)
    {
        var source = new SecretSource { Value = key is null ? null : new Secret(key) };
        await new ManagementAccess(new SecretSet([source], TimeProvider.System), new Audit(NullLogger<Audit>.Instance), TimeProvider.System).InvokeAsync(context, _ => Task.CompletedTask);
        return context.Response.StatusCode;
    }
}
