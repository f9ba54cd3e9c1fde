using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using TokenGateway.Simulator;

namespace TokenGateway.Tests.Simulator;

public sealed class TokenEndpointTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2030-01-01T00:00:00Z", CultureInfo.InvariantCulture));
    private SimulatorHost _host = null!;

    public async Task InitializeAsync() =>
        _host = await SimulatorHost.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromDays(15) }, time: _time);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Rotate_gives_the_documented_answer()
    {
        var reply = await _host.RotateAsync(_host.IssueSeed().RefreshToken);

        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal("access_token token_type expires_in refresh_token", reply.Names);
        Assert.Equal("bearer", reply.Text("token_type"));
        Assert.Equal(1296000, reply.Number("expires_in"));
        Assert.True(reply.Headers.CacheControl!.NoStore);
        Assert.NotEqual(reply.AccessToken, reply.RefreshToken, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Rotate_twice_with_one_refresh_token_revokes_the_family()
    {
        var seed = _host.IssueSeed(withAccessToken: true);
        var first = await _host.RotateAsync(seed.RefreshToken);

        var reuse = await _host.RotateAsync(seed.RefreshToken);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (reuse.Status, reuse.Error));
        Assert.Equal("invalid_grant", (await _host.RotateAsync(first.RefreshToken!)).Error);
        Assert.Equal("invalid_token", (await _host.ValidateAsync(first.AccessToken)).Error);
        Assert.Equal("invalid_token", (await _host.ValidateAsync(seed.AccessToken)).Error);
        Assert.Equal((1, 1), (_host.Counters.Rotations, _host.Counters.Reuses));
        Assert.Equal(2, _host.Counters.Provider.MostPresentationsOfOneRefreshToken);
    }

    [Fact]
    public async Task Rotate_a_revoked_family_leaves_other_families_alone()
    {
        var other = _host.IssueSeed();
        Assert.True(_host.RevokeFamily(_host.IssueSeed().Family));

        Assert.Equal(HttpStatusCode.OK, (await _host.RotateAsync(other.RefreshToken)).Status);
    }

    [Fact]
    public async Task Rotate_a_spent_token_without_family_revocation_is_merely_refused()
    {
        _host.Options = _host.Options with { RevokeFamilyOnReuse = false, InvalidGrantStatus = 403 };
        var seed = _host.IssueSeed();
        var first = await _host.RotateAsync(seed.RefreshToken);

        var reuse = await _host.RotateAsync(seed.RefreshToken);

        Assert.Equal((HttpStatusCode.Forbidden, "invalid_grant"), (reuse.Status, reuse.Error));
        Assert.Equal(HttpStatusCode.OK, (await _host.ValidateAsync(first.AccessToken)).Status);
        Assert.Equal(HttpStatusCode.OK, (await _host.RotateAsync(first.RefreshToken!)).Status);
    }

    [Fact]
    public async Task Rotate_fifty_times_at_once_with_one_refresh_token_succeeds_exactly_once()
    {
        var seed = _host.IssueSeed();

        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _host.RotateAsync(seed.RefreshToken)));

        Assert.Single(replies, reply => reply.Status == HttpStatusCode.OK);
        Assert.Equal(49, replies.Count(reply => reply.Error == "invalid_grant"));
        Assert.Equal((1, 49), (_host.Counters.Rotations, _host.Counters.Reuses));
        Assert.Equal(50, _host.Counters.Provider.MostPresentationsOfOneRefreshToken);
        Assert.Equal(1, _host.Counters.Provider.MostRotationsOfOneRefreshToken);
    }

    [Fact]
    public async Task Rotate_with_a_form_and_basic_credentials_decodes_them()
    {
        _host.Options = _host.Options with { ClientId = "a b:c", ClientSecret = "p%+ä/" };
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{WebUtility.UrlEncode("a b:c")}:{WebUtility.UrlEncode("p%+ä/")}"));

        var reply = await _host.RotateAsync(Form(("grant_type", "refresh_token"), ("refresh_token", _host.IssueSeed().RefreshToken)), $"Basic {basic}");

        Assert.Equal(HttpStatusCode.OK, reply.Status);
    }

    [Fact]
    public async Task Rotate_with_a_form_and_credentials_in_it_is_granted()
    {
        var refreshToken = _host.IssueSeed().RefreshToken;

        var reply = await _host.RotateAsync(
            Form(("grant_type", "refresh_token"), ("refresh_token", refreshToken), ("client_id", "demo"), ("client_secret", "demo-secret")), type: "company");

        Assert.Equal(HttpStatusCode.OK, reply.Status);
    }

    [Fact]
    public async Task A_client_gets_a_token_in_its_own_name_and_no_refresh_token()
    {
        var granted = await _host.RotateAsync(Form(("grant_type", "client_credentials"), ("client_id", "demo"), ("client_secret", "demo-secret")));
        var mixed = await _host.RotateAsync(Form(
            ("grant_type", "client_credentials"), ("refresh_token", _host.IssueSeed().RefreshToken), ("client_id", "demo"), ("client_secret", "demo-secret")));
        var nobody = await _host.RotateAsync(Form(("grant_type", "client_credentials"), ("client_id", "demo"), ("client_secret", "wrong")));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized), (granted.Status, mixed.Status, nobody.Status));
        Assert.False(granted.Json.TryGetProperty("refresh_token", out _));
        Assert.Equal(1, _host.Counters.Rotations);
    }

    [Theory]
    [InlineData("grant_type", "", "invalid_request", 400)]
    [InlineData("grant_type", "password", "unsupported_grant_type", 400)]
    [InlineData("refresh_token", "", "invalid_request", 400)]
    [InlineData("refresh_token", "unheard-of", "invalid_grant", 400)]
    [InlineData("client_id", "someone", "invalid_client", 401)]
    [InlineData("client_secret", "wrong", "invalid_client", 401)]
    [InlineData("client_secret", null, "invalid_client", 401)]
    public async Task Rotate_with_a_wrong_parameter_spends_nothing(string name, string? value, string error, int status)
    {
        var seed = _host.IssueSeed();
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = seed.RefreshToken,
            ["client_id"] = "demo",
            ["client_secret"] = "demo-secret",
        };
        parameters.Remove(name);
        if (value is not null)
        {
            parameters[name] = value;
        }

        var reply = await _host.RotateAsync(parameters);

        Assert.Equal((error, status), (reply.Error, (int)reply.Status));
        Assert.Equal(HttpStatusCode.OK, (await _host.RotateAsync(seed.RefreshToken)).Status);
    }

    [Theory]
    [InlineData("{", "application/json")]
    [InlineData("[]", "application/json")]
    [InlineData("{\"grant_type\":1}", "application/json")]
    [InlineData("{\"grant_type\":\"\\ud800\"}", "application/json")]
    [InlineData("{\"grant_type\":\"refresh_token\",\"grant_type\":\"refresh_token\"}", "application/json")]
    [InlineData("grant_type=refresh_token&grant_type=refresh_token", "application/x-www-form-urlencoded")]
    [InlineData("grant_type=refresh_token", "text/plain")]
    public async Task Rotate_with_an_unreadable_body_is_an_invalid_request(string body, string contentType)
    {
        var reply = await _host.RotateAsync(new StringContent(body, Encoding.UTF8, contentType));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (reply.Status, reply.Error));
    }

    [Fact]
    public async Task Rotate_with_two_ways_of_authentication_is_an_invalid_request()
    {
        var reply = await _host.RotateAsync(
            Form(("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", "demo"), ("client_secret", "demo-secret")),
            "Basic " + Convert.ToBase64String("demo:demo-secret"u8));

        Assert.Equal("invalid_request", reply.Error);
    }

    [Fact]
    public async Task Rotate_with_wrong_basic_credentials_is_challenged()
    {
        var reply = await _host.RotateAsync(Form(("grant_type", "refresh_token"), ("refresh_token", "x")), "Basic " + Convert.ToBase64String("demo:no"u8));

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (reply.Status, reply.Error));
        Assert.Equal("Basic", reply.Headers.WwwAuthenticate.Single().Scheme);
    }

    [Fact]
    public async Task Rotate_with_an_unknown_token_type_is_an_invalid_request() =>
        Assert.Equal("invalid_request", (await _host.RotateAsync(Form(("grant_type", "refresh_token")), type: "nobody")).Error);

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Rotate_with_another_method_is_not_allowed(string method) =>
        Assert.Equal(
            HttpStatusCode.MethodNotAllowed,
            (await SimulatorCalls.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"{_host.BaseUrl}/v1/oauth/token/user"))).Status);

    [Theory]
    [InlineData(ExpiryFields.Numbers, "1894752000000", "1924992000000")]
    [InlineData(ExpiryFields.Strings, "\"1894752000000\"", "\"1924992000000\"")]
    public async Task Rotate_tells_absolute_expiry_in_epoch_milliseconds(ExpiryFields fields, string access, string refresh)
    {
        _host.Options = _host.Options with { ExpiryFields = fields, RefreshTokenLifetime = TimeSpan.FromDays(365) };

        var reply = await _host.RotateAsync(_host.IssueSeed().RefreshToken);

        Assert.Equal(access, reply.Json.GetProperty("access_token_expiry").GetRawText());
        Assert.Equal(refresh, reply.Json.GetProperty("refresh_token_expiry").GetRawText());
    }

    [Fact]
    public async Task Rotate_beyond_the_rate_limit_spends_nothing()
    {
        _host.Options = _host.Options with { MaxRotationsPerWindow = 1, RateLimitWindow = TimeSpan.FromSeconds(30) };
        var first = await _host.RotateAsync(_host.IssueSeed().RefreshToken);
        _time.Advance(TimeSpan.FromSeconds(10));

        var second = await _host.RotateAsync(first.RefreshToken!);

        Assert.Equal((HttpStatusCode.TooManyRequests, "{\"message\":\"auth.request_limit_exceeded\"}"), (second.Status, second.Body));
        Assert.Equal(TimeSpan.FromSeconds(20), second.Headers.RetryAfter!.Delta);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(HttpStatusCode.OK, (await _host.RotateAsync(first.RefreshToken!)).Status);
    }

    [Fact]
    public async Task Rotate_waits_for_the_latency_before_it_acts()
    {
        _host.Options = _host.Options with { Latency = TimeSpan.FromMinutes(5) };
        var call = _host.RotateAsync(_host.IssueSeed().RefreshToken);
        await Until.TrueAsync(() => _host.Counters.TokenCalls == 1);
        Assert.Equal(0, _host.Counters.Rotations);

        await Until.TrueAsync(() => Advance() && call.IsCompleted);

        Assert.Equal(HttpStatusCode.OK, (await call).Status);

        bool Advance()
        {
            _time.Advance(TimeSpan.FromMinutes(5));
            return true;
        }
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
}
