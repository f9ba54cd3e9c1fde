using System.Diagnostics;
using System.Text;
using System.Text.Json;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Tests.Endpoint;

/// <summary>What a refresh request looks like on the wire, and what of the answer is kept.</summary>
public sealed class TokenEndpointClientTests : IDisposable
{
    private readonly CapturedLog _log = new();
    private readonly HttpMessageInvoker _invoker = new(EndpointHandler.ForTokens(TimeProvider.System, RandomSource.System));

    public void Dispose() => _invoker.Dispose();

    [Fact]
    public async Task Json_request_is_one_plain_post_with_nothing_but_what_is_needed()
    {
        await using var server = new RawServer(TestProvider.Http(200, TestProvider.Answer));

        await SendAsync(TestProvider.Settings(server.Uri));

        var request = Assert.Single(server.Connections);
        var lines = request.Head.TrimEnd().Split("\r\n");
        Assert.Equal("POST /token HTTP/1.1", lines[0]);
        string[] headers =
        [
            "Accept: application/json", $"Content-Length: {request.Body.Length}", "Content-Type: application/json", $"Host: {server.Uri.Authority}", "User-Agent: TokenGateway/0.1.0",
        ];
        Assert.Equal(headers, lines.Skip(1).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(
            """{"grant_type":"refresh_token","refresh_token":"refresh_token_1","client_id":"client_id_1","client_secret":"client_secret_1"}""",
            request.Body);
    }

    [Fact]
    public async Task Content_type_and_encoding_are_kept_as_they_were_sent()
    {
        await using var server = new RawServer("HTTP/1.1 200 X\r\nContent-Type: text/plain;charset\r\nContent-Encoding: GZIP\r\nContent-Length: 1\r\n\r\nx");

        var answer = await AnswerAsync(TestProvider.Settings(server.Uri));

        Assert.Equal(("text/plain;charset", "GZIP"), (answer.ContentType, answer.ContentEncoding));
    }

    [Fact]
    public async Task Form_request_with_basic_has_the_encoded_credentials_in_the_header_only()
    {
        await using var server = new RawServer(TestProvider.Http(200, TestProvider.Answer));

        await SendAsync(TestProvider.Settings(server.Uri) with
        {
            RequestFormat = RequestFormat.Form,
            ClientAuthentication = ClientAuthentication.ClientSecretBasic,
            ClientId = "client:id 1",
            ClientSecret = new SecretSource { Value = new Secret("s&cr+t/é") },
        });

        var request = Assert.Single(server.Connections);
        Assert.Equal("grant_type=refresh_token&refresh_token=refresh_token_1", request.Body);
        Assert.Equal("application/x-www-form-urlencoded", request.Header("Content-Type"));
        Assert.Equal("Basic " + Convert.ToBase64String("client%3Aid+1:s%26cr%2Bt%2F%C3%A9"u8), request.Header("Authorization"));
    }

    [Fact]
    public async Task Form_request_encodes_scope_and_extra_parameters_and_repeats_no_parameter()
    {
        await using var server = new RawServer(TestProvider.Http(200, TestProvider.Answer));

        await SendAsync(TestProvider.Settings(server.Uri) with
        {
            RequestFormat = RequestFormat.Form,
            Scope = "read write",
            ExtraParameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["audience"] = "a&b=c", ["grant_type"] = "password" },
        });

        Assert.Equal(
            "grant_type=refresh_token&refresh_token=refresh_token_1&client_id=client_id_1&client_secret=client_secret_1&scope=read+write&audience=a%26b%3Dc",
            Assert.Single(server.Connections).Body);
    }

    [Fact]
    public async Task Json_request_carries_any_text_as_it_is()
    {
        await using var server = new RawServer(TestProvider.Http(200, TestProvider.Answer));
        const string token = "1//0e+a/b=c\"d\\e<f>'g&~";

        await SendAsync(TestProvider.Settings(server.Uri), new Secret(token));

        var body = Assert.Single(server.Connections).Body;
        Assert.Contains("1//0e+a/b=c", body, StringComparison.Ordinal);
        Assert.Equal(token, JsonDocument.Parse(body).RootElement.GetProperty("refresh_token").GetString());
    }

    [Theory]
    [InlineData(nameof(ClientAuthentication.ClientSecretPost))]
    [InlineData(nameof(ClientAuthentication.ClientSecretBasic))]
    public async Task Public_client_names_itself_in_the_body(string method)
    {
        var authentication = Enum.Parse<ClientAuthentication>(method);
        await using var server = new RawServer(TestProvider.Http(200, TestProvider.Answer));

        await SendAsync(TestProvider.Settings(server.Uri) with { ClientAuthentication = authentication, ClientSecret = SecretSource.None });

        var request = Assert.Single(server.Connections);
        Assert.Null(request.Header("Authorization"));
        Assert.Equal("""{"grant_type":"refresh_token","refresh_token":"refresh_token_1","client_id":"client_id_1"}""", request.Body);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"a\":\"bcd\"}", "{\"a\":\"bcd\"}", true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n7\r\n:\"bcd\"}\r\n0\r\n\r\n", "{\"a\":\"bcd\"}", true)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"a\":\"bcd\"}", "{\"a\":\"bcd\"}", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"a\":\"b", "{\"a\":\"b", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n7\r\n:\"b", "{\"a\":\"b", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n", "", false)]
    public async Task Answer_keeps_as_much_of_the_body_as_came(string answer, string body, bool complete)
    {
        await using var server = new RawServer(answer);

        var raw = await AnswerAsync(TestProvider.Settings(server.Uri));

        Assert.Equal((200, body, complete), (raw.Status, Encoding.UTF8.GetString(raw.Body.Span), raw.Complete));
    }

    [Theory]
    [InlineData(AnswerBody.Limit, true)]
    [InlineData(AnswerBody.Limit + 1, false)]
    public async Task Answer_is_kept_up_to_64_KiB(int length, bool complete)
    {
        await using var server = new RawServer(TestProvider.Http(200, new string('x', length)));

        var raw = await AnswerAsync(TestProvider.Settings(server.Uri));

        Assert.Equal((AnswerBody.Limit, complete), (raw.Body.Length, raw.Complete));
    }

    [Theory]
    [InlineData("Retry-After: 120\r\n", 120)]
    [InlineData("Retry-After: Sat, 10 Jan 2026 00:01:30 GMT\r\n", 90)]
    [InlineData("Retry-After: Fri, 09 Jan 2026 00:00:00 GMT\r\n", 0)]
    [InlineData("Retry-After: soon\r\n", null)]
    [InlineData("Retry-After: -5\r\n", null)]
    [InlineData("", null)]
    public async Task Retry_after_is_read_in_seconds_and_as_a_date(string header, int? seconds)
    {
        await using var server = new RawServer(TestProvider.Http(429, "{}", header));

        var raw = await AnswerAsync(TestProvider.Settings(server.Uri), TestProvider.FakeTime());

        Assert.Equal(seconds, (int?)raw.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task Request_carries_neither_a_cookie_nor_a_trace()
    {
        await using var server = new RawServer(TestProvider.Http(200, TestProvider.Answer, "Set-Cookie: session=1; Path=/\r\n"));
        using var activity = new Activity("caller").Start();

        await SendAsync(TestProvider.Settings(server.Uri));
        await SendAsync(TestProvider.Settings(server.Uri));

        Assert.Equal(2, server.Connections.Count);
        Assert.All(server.Connections, connection => Assert.Null(connection.Header("Cookie") ?? connection.Header("traceparent")));
    }

    [Fact]
    public async Task Lifetimes_count_from_before_the_request_was_sent()
    {
        var time = TestProvider.FakeTime();
        await using var server = new RawServer(connection =>
        {
            time.Advance(TimeSpan.FromSeconds(20));
            return connection.WriteAsync(TestProvider.Http(200, TestProvider.Answer));
        });

        var raw = await AnswerAsync(TestProvider.Settings(server.Uri), time);

        Assert.Equal(TestProvider.Now, raw.RequestedAt);
    }

    [Fact]
    public async Task No_secret_is_in_a_log_or_in_the_text_of_a_result()
    {
        await using var server = new RawServer(TestProvider.Http(200, TestProvider.Answer));
        var settings = TestProvider.Settings(server.Uri);

        var exchange = await SendAsync(settings);

        var result = TokenAnswer.Read(exchange, settings);
        Assert.IsType<TokenEndpointResult.Granted>(result);
        var text = $"{_log.Text}\n{exchange}\n{result}\n{settings}";
        Assert.Contains("2002", text, StringComparison.Ordinal);
        Assert.DoesNotContain("refresh_token_", text, StringComparison.Ordinal);
        Assert.DoesNotContain("access_token_", text, StringComparison.Ordinal);
        Assert.DoesNotContain("client_secret_", text, StringComparison.Ordinal);
    }

    private Task<TokenExchange> SendAsync(CredentialSettings settings, Secret? refreshToken = null, TimeProvider? time = null) =>
        new TokenEndpointClient(_invoker, time ?? TimeProvider.System, _log)
            .SendAsync(settings, TokenGrantRequest.RefreshToken(refreshToken ?? TestProvider.RefreshToken), TestProvider.Deadline(time), CancellationToken.None);

    private async Task<RawAnswer> AnswerAsync(CredentialSettings settings, TimeProvider? time = null) =>
        Assert.IsType<TokenExchange.Answered>(await SendAsync(settings, time: time)).Answer;
}
