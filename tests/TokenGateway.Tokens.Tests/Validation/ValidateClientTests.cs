using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Telemetry;
using TokenGateway.Tokens.Tests.Endpoint;
using TokenGateway.Tokens.Validation;

namespace TokenGateway.Tokens.Tests.Validation;

/// <summary>The call of a validate endpoint: its request, its time limit, its circuit breaker.</summary>
public sealed class ValidateClientTests : IDisposable
{
    private const string Echo = """{"access_token":"access_token_1","token_type":"bearer","expires_in":86400000}""";

    private readonly CapturedLog _log = new();
    private readonly HttpMessageInvoker _invoker = new(EndpointHandler.ForValidation(TimeProvider.System, RandomSource.System));

    public void Dispose() => _invoker.Dispose();

    [Fact]
    public async Task Request_is_a_get_with_the_token_and_the_media_type_that_the_provider_wants()
    {
        await using var server = new RawServer(TestProvider.Http(200, Echo));

        var validation = await ValidateAsync(server.Uri);

        Assert.Equal(TokenValidation.Valid(TimeSpan.FromDays(1)), validation);
        var request = Assert.Single(server.Connections);
        Assert.StartsWith("GET /token HTTP/1.1\r\n", request.Head, StringComparison.Ordinal);
        Assert.Equal("Bearer access_token_1", request.Header("Authorization"));
        Assert.Equal("application/json", request.Header("Content-Type"));
        Assert.Equal("", request.Body);
    }

    [Fact]
    public async Task Redirect_is_not_followed_with_the_token()
    {
        await using var elsewhere = new RawServer(TestProvider.Http(200, Echo));
        await using var server = new RawServer(TestProvider.Http(302, "", $"Location: {elsewhere.Uri}\r\n"));

        Assert.Equal(TokenValidation.Unknown("redirect_302"), await ValidateAsync(server.Uri));
        Assert.Empty(elsewhere.Connections);
    }

    [Fact]
    public async Task Silent_endpoint_is_unknown_after_the_timeout()
    {
        var time = TestProvider.FakeTime();
        await using var server = new RawServer(connection =>
        {
            time.Advance(TimeSpan.FromSeconds(5));
            return connection.StallAsync();
        });

        Assert.Equal(TokenValidation.Unknown("timeout"), await ValidateAsync(server.Uri, new ValidateClient(_invoker, time, RandomSource.System, TokenMetrics.Unobserved, _log)));
    }

    [Fact]
    public async Task Caller_s_cancellation_is_the_caller_s()
    {
        using var cancellation = new CancellationTokenSource();
        await using var server = new RawServer(async connection =>
        {
            await cancellation.CancelAsync();
            await connection.StallAsync();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Client().ValidateAsync(TestProvider.Settings(server.Uri), new Secret("access_token_1"), cancellation.Token));
    }

    [Theory]
    [InlineData("https://provider.invalid/token", "name_resolution_failed")]
    [InlineData(null, "no_validate_endpoint")]
    public async Task Endpoint_that_cannot_be_asked_is_unknown(string? endpoint, string reason) =>
        Assert.Equal(TokenValidation.Unknown(reason), await ValidateAsync(endpoint is null ? null : new Uri(endpoint)));

    [Fact]
    public async Task Connection_that_ends_without_an_answer_is_unknown()
    {
        await using var server = new RawServer(_ => Task.CompletedTask);

        Assert.Equal(TokenValidation.Unknown("connection_lost"), await ValidateAsync(server.Uri));
    }

    [Fact]
    public async Task Token_that_cannot_be_a_header_is_unknown_and_not_logged()
    {
        var settings = TestProvider.Settings(new Uri("http://127.0.0.1:9/token"));

        var validation = await Client().ValidateAsync(settings, new Secret("access_token_1\r\nX: y"), CancellationToken.None);

        Assert.Equal(ValidationVerdict.Unknown, validation.Verdict);
        Assert.DoesNotContain("access_token_1", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Circuit_opens_after_five_calls_without_a_verdict_and_closes_again()
    {
        var time = TestProvider.FakeTime();
        var status = 503;
        await using var server = new RawServer(connection => connection.WriteAsync(TestProvider.Http(status, Echo, "Connection: close\r\n")));
        var client = new ValidateClient(_invoker, time, RandomSource.System, TokenMetrics.Unobserved, _log);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(TokenValidation.Unknown("http_503"), await ValidateAsync(server.Uri, client));
        }

        Assert.Equal(TokenValidation.Unknown("circuit_open"), await ValidateAsync(server.Uri, client));
        Assert.Equal(5, server.Connections.Count);

        status = 200;
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(TokenValidation.Unknown("circuit_open"), await ValidateAsync(server.Uri, client));
        time.Advance(TimeSpan.FromSeconds(8));
        Assert.Equal(ValidationVerdict.Valid, (await ValidateAsync(server.Uri, client)).Verdict);
        Assert.Equal(ValidationVerdict.Valid, (await ValidateAsync(server.Uri, client)).Verdict);
    }

    [Fact]
    public async Task Circuit_of_one_credential_is_not_another_s()
    {
        await using var broken = new RawServer(TestProvider.Http(503, "", "Connection: close\r\n"));
        await using var sound = new RawServer(TestProvider.Http(200, Echo, "Connection: close\r\n"));
        var client = Client();
        for (var i = 0; i < 6; i++)
        {
            await ValidateAsync(broken.Uri, client);
        }

        var validation = await client.ValidateAsync(TestProvider.Settings(sound.Uri) with { Name = "pear" }, new Secret("access_token_1"), CancellationToken.None);

        Assert.Equal(ValidationVerdict.Valid, validation.Verdict);
    }

    [Theory]
    [InlineData(200, Echo)]
    [InlineData(401, Echo)]
    [InlineData(503, Echo)]
    [InlineData(200, """{"error":"access_token_1"}""")]
    public async Task Body_is_never_logged_nor_shown(int status, string body)
    {
        await using var server = new RawServer(TestProvider.Http(status, body));

        var validation = await ValidateAsync(server.Uri);

        Assert.DoesNotContain("access_token_1", $"{_log.Text} {validation}", StringComparison.Ordinal);
    }

    private ValidateClient Client() => new(_invoker, TimeProvider.System, RandomSource.System, TokenMetrics.Unobserved, _log);

    private Task<TokenValidation> ValidateAsync(Uri? endpoint, ValidateClient? client = null) =>
        (client ?? Client()).ValidateAsync(TestProvider.Settings(endpoint), new Secret("access_token_1"), CancellationToken.None);
}
