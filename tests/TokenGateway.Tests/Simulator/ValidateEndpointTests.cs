using System.Net;
using Microsoft.Extensions.Time.Testing;
using TokenGateway.Simulator;

namespace TokenGateway.Tests.Simulator;

public sealed class ValidateEndpointTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private SimulatorHost _host = null!;

    public async Task InitializeAsync() =>
        _host = await SimulatorHost.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromDays(15) }, time: _time);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Validate_a_living_token_echoes_it_with_the_milliseconds_left()
    {
        var seed = _host.IssueSeed(withAccessToken: true);
        _time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMilliseconds(1));

        var reply = await _host.ValidateAsync(seed.AccessToken);

        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal("access_token token_type expires_in", reply.Names);
        Assert.Equal((seed.AccessToken, "bearer"), (reply.AccessToken, reply.Text("token_type")));
        Assert.Equal(14 * 86_400_000L - 1, reply.Number("expires_in"));
    }

    [Theory]
    [InlineData(ValidateFailureShape.OAuthError, 401, "error", 401)]
    [InlineData(ValidateFailureShape.OAuthError, 400, "error", 400)]
    [InlineData(ValidateFailureShape.SuccessZero, 200, "success", 200)]
    [InlineData(ValidateFailureShape.OkWithError, 401, "error", 200)]
    public async Task Validate_a_dead_token_fails_in_the_chosen_shape(ValidateFailureShape shape, int configured, string field, int status)
    {
        _host.Options = _host.Options with { ValidateFailureShape = shape, ValidateFailureStatus = configured };

        var reply = await _host.ValidateAsync("unheard-of");

        Assert.Equal(status, (int)reply.Status);
        Assert.True(reply.Has(field));
        if (shape == ValidateFailureShape.SuccessZero)
        {
            Assert.Equal("{\"success\":0,\"error_message_id\":\"auth.token_error\"}", reply.Body);
        }
        else
        {
            Assert.Equal("invalid_token", reply.Error);
        }
    }

    [Fact]
    public async Task Validate_without_a_token_gives_the_documented_failure()
    {
        var reply = await _host.ValidateAsync(null);

        Assert.Equal(HttpStatusCode.Unauthorized, reply.Status);
        Assert.Equal("{\"error\":\"invalid_request\",\"error_description\":\"missing/invalid parameters authorization header\"}", reply.Body);
    }

    [Fact]
    public async Task Validate_after_the_lifetime_or_an_invalidation_fails()
    {
        var (expired, killed) = (_host.IssueSeed(withAccessToken: true), _host.IssueSeed(withAccessToken: true));
        _host.InvalidateAccessToken(killed.AccessToken!);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _host.ValidateAsync(killed.AccessToken)).Status);
        Assert.Equal(HttpStatusCode.OK, (await _host.ValidateAsync(expired.AccessToken)).Status);

        _time.Advance(TimeSpan.FromDays(15));

        Assert.Equal("invalid_token", (await _host.ValidateAsync(expired.AccessToken)).Error);
    }

    [Fact]
    public async Task Validate_beyond_the_rate_limit_gives_no_verdict()
    {
        _host.Options = _host.Options with { MaxValidationsPerWindow = 1 };
        var seed = _host.IssueSeed(withAccessToken: true);
        await _host.ValidateAsync(seed.AccessToken);

        var reply = await _host.ValidateAsync(seed.AccessToken);

        Assert.Equal((HttpStatusCode.TooManyRequests, "{\"message\":\"auth.request_limit_exceeded\"}"), (reply.Status, reply.Body));
        Assert.Equal((1, 2), (_host.Counters.Provider.Validations, _host.Counters.ValidateCalls));
    }
}
