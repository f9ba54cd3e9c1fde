using System.Net;
using TokenGateway.Simulator;

namespace TokenGateway.Tests.Simulator;

public sealed class ControlApiTests : IAsyncLifetime
{
    private SimulatorHost _host = null!;

    public async Task InitializeAsync() => _host = await SimulatorHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Seed_starts_a_family_whose_refresh_token_works()
    {
        var reply = await _host.ControlAsync("seed");

        Assert.Equal("family-1", reply.Text("family"));
        Assert.False(reply.Has("accessToken"));
        Assert.Equal(HttpStatusCode.OK, (await _host.RotateAsync(reply.Text("refreshToken")!)).Status);
    }

    [Fact]
    public async Task Seed_takes_a_value_and_gives_an_access_token_when_asked()
    {
        var reply = await _host.ControlAsync("seed", """{"refreshToken":"mine","withAccessToken":true}""");

        Assert.Equal("mine", reply.Text("refreshToken"));
        Assert.Equal(HttpStatusCode.OK, (await _host.CallUpstreamAsync(reply.Text("accessToken"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _host.ControlAsync("seed", """{"refreshToken":"mine"}""")).Status);
    }

    [Fact]
    public async Task State_tells_counters_and_families_without_secrets()
    {
        var seed = _host.IssueSeed();
        var grant = await _host.RotateAsync(seed.RefreshToken);
        await _host.CallUpstreamAsync(grant.AccessToken);
        await _host.CallUpstreamAsync(null);
        _host.Faults.Token.Enqueue(new TokenGateway.Simulator.Faults.Fault.MalformedJson(), 3);

        var state = await _host.StateAsync();

        var counters = state.Json.GetProperty("counters");
        Assert.Equal((1, 2, 1), (counters.GetProperty("rotations").GetInt32(), counters.GetProperty("upstreamRequests").GetInt32(), counters.GetProperty("naked").GetInt32()));
        Assert.Equal(0, counters.GetProperty("reuses").GetInt32());
        var family = state.Json.GetProperty("families").EnumerateArray().Single();
        Assert.Equal(("family-1", 1, false), (family.GetProperty("family").GetString(), family.GetProperty("generation").GetInt32(), family.GetProperty("revoked").GetBoolean()));
        Assert.Equal(3, state.Json.GetProperty("pendingFaults").GetProperty("token").GetInt32());
        foreach (var secret in new[] { seed.RefreshToken, grant.AccessToken!, grant.RefreshToken!, _host.Options.ClientSecret })
        {
            Assert.DoesNotContain(secret, state.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"kind":"status","status":502}""", "502")]
    [InlineData("""{"kind":"status","status":429,"when":"after","retryAfter":"00:00:03"}""", "429")]
    [InlineData("""{"kind":"html"}""", "<!doc")]
    [InlineData("""{"kind":"redirect","location":"http://127.0.0.1:9/"}""", "307")]
    [InlineData("""{"kind":"drop"}""", "broken")]
    [InlineData("""{"kind":"truncate","bytes":3}""", "broken")]
    [InlineData("""{"kind":"expiry","expiresIn":"NaN"}""", "\"expires_in\":\"NaN\"")]
    [InlineData("""{"kind":"missing-refresh-token","oldOneStays":false}""", "expires_in\":3600}")]
    [InlineData("""{"kind":"malformed-json"}""", "\"}")]
    [InlineData("""{"kind":"delay","for":"00:00:00.001"}""", "refresh_token")]
    public async Task Faults_queues_every_kind(string json, string expected)
    {
        Assert.Equal(HttpStatusCode.OK, (await _host.ControlAsync("faults", json)).Status);

        var seen = await TryRotateAsync();

        if (json.Contains("malformed", StringComparison.Ordinal))
        {
            Assert.DoesNotContain(expected, seen, StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains(expected, seen, StringComparison.Ordinal);
        }

        Assert.Equal(1, _host.Counters.Faulted);
    }

    [Fact]
    public async Task Release_and_clear_let_a_hanging_call_go()
    {
        foreach (var knob in new[] { "release", "clear" })
        {
            var hung = _host.Events.ToList().Count(IsHanging);
            await _host.ControlAsync("faults", """{"endpoint":"validate","kind":"hang"}""");
            var call = _host.ValidateAsync("x");
            await Until.TrueAsync(() => _host.Events.ToList().Count(IsHanging) > hung);
            await _host.ControlAsync(knob);
            Assert.Equal("invalid_token", (await call).Error);
        }

        static bool IsHanging(TokenGateway.Simulator.OAuth.SimulatorEvent happened) => happened.Kind == TokenGateway.Simulator.OAuth.EventKind.Hanging;
    }

    [Fact]
    public async Task Faults_by_probability_last_until_cleared()
    {
        await _host.ControlAsync("faults", """{"endpoint":"validate","kind":"status","status":503,"probability":1,"seed":1}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _host.ValidateAsync("x")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _host.ValidateAsync("x")).Status);

        await _host.ControlAsync("clear");

        Assert.Equal(HttpStatusCode.Unauthorized, (await _host.ValidateAsync("x")).Status);
    }

    [Theory]
    [InlineData("faults", """{"kind":"explode"}""", "kind must be")]
    [InlineData("faults", """{"kind":"drop","when":"never"}""", "when must be")]
    [InlineData("faults", """{"kind":"drop","endpoint":"api"}""", "endpoint must be")]
    [InlineData("faults", """{"kind":"truncate"}""", "truncate needs bytes")]
    [InlineData("faults", """{"kind":"status","status":"x"}""", "status must be a whole number")]
    [InlineData("faults", """{"kind":"drop","count":0}""", "count")]
    [InlineData("faults", "[]", "the body must be a JSON object")]
    [InlineData("faults", "{", "JSON")]
    [InlineData("options", """{"latnecy":"00:00:01"}""", "unknown option latnecy")]
    [InlineData("options", """{"latency":"soon"}""", "latency: must be a duration")]
    [InlineData("options", """{"accessTokenLifetime":"00:00:00"}""", "AccessTokenLifetime must be above zero")]
    [InlineData("revoke", """{"family":"family-9"}""", "no family family-9")]
    [InlineData("down", """{"how":"gently"}""", "how must be")]
    public async Task Mistakes_are_told_and_change_nothing(string name, string json, string message)
    {
        var before = _host.Options;

        var reply = await _host.ControlAsync(name, json);

        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Contains(message, reply.Error!, StringComparison.Ordinal);
        Assert.Equal((before, 0), (_host.Options, _host.Faults.Token.Pending));
    }

    [Fact]
    public async Task Options_change_at_run_time()
    {
        var reply = await _host.ControlAsync(
            "options", """{"accessTokenLifetime":"00:00:20","maxRotationsPerWindow":5,"killOldAccessTokenOnRotation":true,"refreshTokenLifetime":null,"expiryFields":"Strings"}""");

        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal(
            (TimeSpan.FromSeconds(20), 5, true, null, ExpiryFields.Strings),
            (_host.Options.AccessTokenLifetime, _host.Options.MaxRotationsPerWindow, _host.Options.KillOldAccessTokenOnRotation, _host.Options.RefreshTokenLifetime, _host.Options.ExpiryFields));
        Assert.Equal(20, (await _host.RotateAsync(_host.IssueSeed().RefreshToken)).Number("expires_in"));
    }

    [Fact]
    public async Task Revoke_kills_one_family_or_only_its_access_tokens_or_all()
    {
        var (one, two) = (_host.IssueSeed(withAccessToken: true), _host.IssueSeed(withAccessToken: true));

        await _host.ControlAsync("revoke", """{"family":"family-1","accessTokensOnly":true}""");
        Assert.Equal(HttpStatusCode.Unauthorized, (await _host.CallUpstreamAsync(one.AccessToken)).Status);
        Assert.Equal(HttpStatusCode.OK, (await _host.CallUpstreamAsync(two.AccessToken)).Status);

        var grant = await _host.RotateAsync(one.RefreshToken);
        await _host.ControlAsync("revoke", """{"family":"family-1"}""");
        Assert.Equal("invalid_grant", (await _host.RotateAsync(grant.RefreshToken!)).Error);

        await _host.ControlAsync("revoke");
        Assert.Equal("invalid_grant", (await _host.RotateAsync(two.RefreshToken)).Error);
    }

    [Fact]
    public async Task Down_and_up_work_while_the_provider_is_down()
    {
        await _host.ControlAsync("down");
        Assert.Equal("broken", await TryRotateAsync());
        Assert.True((await _host.StateAsync()).Json.GetProperty("down").GetBoolean());

        await _host.ControlAsync("up");

        Assert.Contains("refresh_token", await TryRotateAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Down_can_refuse_connections_and_come_back_at_the_upstream(bool askProvider)
    {
        var reply = await _host.ControlAsync("down", """{"how":"refuse"}""", askProvider ? _host.BaseUrl : _host.UpstreamUrl);
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        await RefusedAsync();

        await _host.ControlAsync("up", at: _host.UpstreamUrl);

        Assert.Contains("refresh_token", await TryRotateAsync(), StringComparison.Ordinal);
    }

    /// <summary>Asked through the provider's own listener, it answers before it stops.</summary>
    private Task RefusedAsync() => Until.TrueAsync(async () => await TryRotateAsync() == "broken");

    private async Task<string> TryRotateAsync()
    {
        try
        {
            var reply = await _host.RotateAsync(_host.IssueSeed().RefreshToken);
            return $"{(int)reply.Status} {reply.Body}";
        }
        catch (HttpRequestException)
        {
            return "broken";
        }
    }
}
