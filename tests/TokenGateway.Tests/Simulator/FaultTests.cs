using System.Net;
using System.Text.Json;
using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;

namespace TokenGateway.Tests.Simulator;

public sealed class FaultTests : IAsyncLifetime
{
    private SimulatorHost _host = null!;
    private Seed _seed = null!;

    public async Task InitializeAsync()
    {
        _host = await SimulatorHost.StartAsync(new SimulatorOptions { ExpiryFields = ExpiryFields.Numbers });
        _seed = _host.IssueSeed(withAccessToken: true);
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Drop_closes_the_connection_without_an_answer(bool after, int rotations)
    {
        _host.Faults.Token.Enqueue(new Fault.Drop(after));

        await Assert.ThrowsAsync<HttpRequestException>(() => _host.RotateAsync(_seed.RefreshToken));

        Assert.Equal((rotations, 1), (_host.Counters.Rotations, _host.Counters.Faulted));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    public async Task Truncate_sends_so_many_bytes_and_closes(int bytes)
    {
        var whole = (await _host.ValidateAsync(_seed.AccessToken)).Body;
        _host.Faults.Validate.Enqueue(new Fault.Truncate(bytes));

        var received = await SimulatorCalls.ReadUntilBrokenAsync($"{_host.BaseUrl}/v1/oauth/token", _seed.AccessToken!);

        Assert.Equal(whole[..bytes], received);
    }

    [Fact]
    public async Task Truncate_spends_the_refresh_token()
    {
        _host.Faults.Token.Enqueue(new Fault.Truncate(10));

        await Assert.ThrowsAsync<HttpRequestException>(() => _host.RotateAsync(_seed.RefreshToken));

        Assert.Equal(1, _host.Counters.Rotations);
    }

    [Theory]
    [InlineData(429, false)]
    [InlineData(429, true)]
    [InlineData(500, false)]
    [InlineData(500, true)]
    [InlineData(502, false)]
    [InlineData(502, true)]
    [InlineData(503, false)]
    [InlineData(503, true)]
    public async Task Status_replaces_the_answer_before_or_after_processing(int status, bool after)
    {
        _host.Faults.Token.Enqueue(new Fault.Status(status, after, RetryAfter: TimeSpan.FromSeconds(1.5)));

        var reply = await _host.RotateAsync(_seed.RefreshToken);

        Assert.Equal(status, (int)reply.Status);
        Assert.Equal(TimeSpan.FromSeconds(2), reply.Headers.RetryAfter!.Delta);
        Assert.Equal(after ? 1 : 0, _host.Counters.Rotations);
        Assert.Equal(status == 429, reply.Body == "{\"message\":\"auth.request_limit_exceeded\"}");
    }

    [Fact]
    public async Task Status_may_have_a_body_of_ones_own()
    {
        _host.Faults.Token.Enqueue(new Fault.Status(400, Body: "{\"error\":\"temporarily_unavailable\"}"));

        Assert.Equal("temporarily_unavailable", (await _host.RotateAsync(_seed.RefreshToken)).Error);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Html_comes_with_status_200(bool after, int rotations)
    {
        _host.Faults.Token.Enqueue(new Fault.Html(after));

        var reply = await _host.RotateAsync(_seed.RefreshToken);

        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.StartsWith("<!doctype html>", reply.Body, StringComparison.Ordinal);
        Assert.Equal(rotations, _host.Counters.Rotations);
    }

    [Fact]
    public async Task Redirect_points_elsewhere_and_spends_nothing()
    {
        _host.Faults.Token.Enqueue(new Fault.Redirect("http://127.0.0.1:9/elsewhere"));

        var reply = await _host.RotateAsync(_seed.RefreshToken);

        Assert.Equal((HttpStatusCode.TemporaryRedirect, "http://127.0.0.1:9/elsewhere"), (reply.Status, reply.Headers.Location!.ToString()));
        Assert.Equal(0, _host.Counters.Rotations);
    }

    [Fact]
    public async Task Malformed_json_arrives_whole_but_for_its_brace()
    {
        _host.Faults.Token.Enqueue(new Fault.MalformedJson());

        var reply = await _host.RotateAsync(_seed.RefreshToken);

        Assert.ThrowsAny<JsonException>(() => reply.Json);
        Assert.True(JsonDocument.Parse(reply.Body + "}").RootElement.TryGetProperty("refresh_token", out _));
    }

    [Theory]
    [InlineData(true, "200")]
    [InlineData(false, "invalid_grant")]
    public async Task Missing_refresh_token_leaves_the_old_one_alive_or_not(bool oldOneStays, string then)
    {
        _host.Faults.Token.Enqueue(new Fault.MissingRefreshToken(oldOneStays));

        var reply = await _host.RotateAsync(_seed.RefreshToken);

        Assert.NotNull(reply.AccessToken);
        Assert.Null(reply.RefreshToken);
        var next = await _host.RotateAsync(_seed.RefreshToken);
        Assert.Equal(then, next.Error ?? "200");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("\"NaN\"")]
    [InlineData("\"3600\"")]
    [InlineData("1e300")]
    [InlineData("null")]
    [InlineData(null)]
    public async Task Expiry_replaces_expires_in_and_nothing_else_tells(string? json)
    {
        _host.Faults.Token.Enqueue(new Fault.Expiry(json));
        _host.Faults.Validate.Enqueue(new Fault.Expiry(json));

        foreach (var reply in new[] { await _host.RotateAsync(_seed.RefreshToken), await _host.ValidateAsync(_seed.AccessToken) })
        {
            Assert.Equal(json, reply.Json.TryGetProperty("expires_in", out var value) ? value.GetRawText() : null);
            Assert.NotNull(reply.AccessToken);
            Assert.False(reply.Has("access_token_expiry"));
        }
    }

    [Fact]
    public async Task Enqueue_hits_the_next_calls_of_its_endpoint_only()
    {
        _host.Faults.Validate.Enqueue(new Fault.Status(500), count: 2);

        Assert.Equal(HttpStatusCode.OK, (await _host.RotateAsync(_seed.RefreshToken)).Status);
        Assert.Equal(2, _host.Faults.Validate.Pending);
        Assert.Equal(HttpStatusCode.InternalServerError, (await _host.ValidateAsync(_seed.AccessToken)).Status);
        Assert.Equal(HttpStatusCode.InternalServerError, (await _host.ValidateAsync(_seed.AccessToken)).Status);
        Assert.Equal(HttpStatusCode.OK, (await _host.ValidateAsync(_seed.AccessToken)).Status);
    }

    [Fact]
    public async Task Sometimes_hits_the_same_calls_for_the_same_seed()
    {
        var one = await ThirtyAsync(seed: 7);
        var other = await ThirtyAsync(seed: 7);

        Assert.Equal(one, other);
        Assert.Contains(HttpStatusCode.OK, one);
        Assert.Contains(HttpStatusCode.BadGateway, one);

        async Task<List<HttpStatusCode>> ThirtyAsync(int seed)
        {
            _host.Faults.Clear();
            _host.Faults.Validate.Sometimes(new Fault.Status(502), 0.3, seed);
            var statuses = new List<HttpStatusCode>();
            for (var i = 0; i < 30; i++)
            {
                statuses.Add((await _host.ValidateAsync(_seed.AccessToken)).Status);
            }

            return statuses;
        }
    }

    [Theory]
    [MemberData(nameof(Senseless))]
    public void Enqueue_refuses_what_makes_no_sense(Fault fault) => Assert.Throws<ArgumentException>(() => _host.Faults.Validate.Enqueue(fault));

    public static TheoryData<Fault> Senseless() =>
    [
        new Fault.MissingRefreshToken(),
        new Fault.Truncate(-1),
        new Fault.Status(200),
        new Fault.Expiry("NaN"),
        new Fault.Delay(TimeSpan.FromTicks(-1)),
    ];
}
