using System.Net;
using System.Security.Cryptography;
using System.Text;
using TokenGateway.Simulator;

namespace TokenGateway.Tests.Simulator;

public sealed class UpstreamTests : IAsyncLifetime
{
    private SimulatorHost _host = null!;

    public async Task InitializeAsync() => _host = await SimulatorHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Call_with_a_living_token_is_echoed_without_its_value()
    {
        var grant = await _host.RotateAsync(_host.IssueSeed().RefreshToken);
        var token = grant.AccessToken!;
        var request = new HttpRequestMessage(HttpMethod.Put, $"{_host.UpstreamUrl}/api/orders/7?full=1") { Content = new StringContent("12345") };
        request.Headers.Add("Authorization", $"Bearer {token}");
        request.Headers.Add("X-Seen", "yes");

        var reply = await SimulatorCalls.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal(("PUT", "/api/orders/7", "?full=1"), (reply.Text("method"), reply.Text("path"), reply.Text("query")));
        Assert.Equal("yes", reply.Json.GetProperty("headers").GetProperty("X-Seen").GetString());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))[..8], reply.Text("fingerprint"));
        Assert.Equal((1, 5), (reply.Number("generation"), reply.Number("bodyLength")));
        Assert.DoesNotContain(token, reply.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", reply.Body, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Call_with_a_body_of_unknown_length_counts_it()
    {
        var seed = _host.IssueSeed(withAccessToken: true);
        var request = new HttpRequestMessage(HttpMethod.Post, $"{_host.UpstreamUrl}/api/upload") { Content = new StreamContent(new MemoryStream(new byte[300_000])) };
        request.Headers.Add("Authorization", $"Bearer {seed.AccessToken}");
        request.Headers.TransferEncodingChunked = true;

        Assert.Equal(300_000, (await SimulatorCalls.SendAsync(request)).Number("bodyLength"));
    }

    [Fact]
    public async Task Call_with_a_dead_token_is_unauthorized_and_counted()
    {
        var seed = _host.IssueSeed(withAccessToken: true);
        _host.InvalidateAccessToken(seed.AccessToken!);

        var reply = await _host.CallUpstreamAsync(seed.AccessToken);

        Assert.Equal(HttpStatusCode.Unauthorized, reply.Status);
        Assert.Equal("Bearer error=\"invalid_token\"", reply.Headers.WwwAuthenticate.Single().ToString());
        Assert.Equal((1, 0, 1), (_host.Counters.UpstreamRequests, _host.Counters.Naked, _host.Counters.Unauthorized));
    }

    [Fact]
    public async Task Call_without_a_token_is_naked()
    {
        var reply = await _host.CallUpstreamAsync(null);

        Assert.Equal(HttpStatusCode.Unauthorized, reply.Status);
        Assert.Equal("Bearer", reply.Headers.WwwAuthenticate.Single().ToString());
        Assert.Equal((1, 1, 0), (_host.Counters.UpstreamRequests, _host.Counters.Naked, _host.Counters.Unauthorized));
    }

    [Theory]
    [InlineData("Basic {0}")]
    [InlineData("Bearer {0}, Bearer {0}")]
    [InlineData("Bearer")]
    public async Task Call_with_another_scheme_or_two_credentials_is_unauthorized(string header)
    {
        var seed = _host.IssueSeed(withAccessToken: true);
        var request = new HttpRequestMessage(HttpMethod.Get, $"{_host.UpstreamUrl}/api/hello");
        request.Headers.TryAddWithoutValidation("Authorization", string.Format(null, header, seed.AccessToken));

        Assert.Equal(HttpStatusCode.Unauthorized, (await SimulatorCalls.SendAsync(request)).Status);
        Assert.Equal(1, _host.Counters.Unauthorized);
    }

    [Fact]
    public async Task Call_outside_the_api_is_not_found() =>
        Assert.Equal(HttpStatusCode.NotFound, (await SimulatorCalls.GetAsync($"{_host.UpstreamUrl}/elsewhere", null)).Status);

    [Fact]
    public async Task Calls_at_once_are_each_told_of_their_own_request()
    {
        var seed = _host.IssueSeed(withAccessToken: true);

        var paths = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i => (i, reply: await _host.CallUpstreamAsync(seed.AccessToken, $"n/{i}"))));

        Assert.All(paths, path => Assert.Equal($"/api/n/{path.i}", path.reply.Text("path")));
        Assert.Equal(200, _host.Counters.UpstreamRequests);
    }
}
