using System.IO.Compression;
using System.Text;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Telemetry;
using TokenGateway.Tokens.Validation;

namespace TokenGateway.Tokens.Tests.Endpoint;

/// <summary>A provider that means harm: what it sends costs a bounded amount of memory and time, and comes to nothing.</summary>
public sealed class HostileAnswerTests : IDisposable
{
    private readonly HttpMessageInvoker _tokens = new(EndpointHandler.ForTokens(TimeProvider.System, RandomSource.System));
    private readonly HttpMessageInvoker _validation = new(EndpointHandler.ForValidation(TimeProvider.System, RandomSource.System));

    public void Dispose()
    {
        _tokens.Dispose();
        _validation.Dispose();
    }

    [Fact]
    public async Task Body_without_end_is_cut_at_the_limit_and_the_connection_with_it()
    {
        await using var server = new RawServer(WithoutEndAsync);

        Assert.Equal(new TokenEndpointResult.InDoubt("truncated_answer"), await ReadAsync(server));
        await (await server.FirstConnection).Closed;
    }

    [Fact]
    public async Task Validate_body_without_end_is_no_verdict_and_the_connection_ends()
    {
        await using var server = new RawServer(WithoutEndAsync);

        Assert.Equal(TokenValidation.Unknown("unreadable_answer"), await ValidateAsync(server));
        await (await server.FirstConnection).Closed;
    }

    [Fact]
    public async Task Bomb_of_gzip_is_not_unpacked()
    {
        await using var server = new RawServer(connection => connection.WriteAsync(Bomb()));

        var answer = Assert.IsType<TokenExchange.Answered>(await SendAsync(server)).Answer;

        Assert.InRange(answer.Body.Length, 1000, AnswerBody.Limit);
        Assert.True(answer.Body.Span.StartsWith<byte>([0x1f, 0x8b]), "It is kept as it came.");
        Assert.IsType<TokenEndpointResult.InDoubt>(TokenAnswer.Read(new TokenExchange.Answered(answer), TestProvider.Settings()));
    }

    [Fact]
    public async Task Bomb_of_gzip_is_no_verdict()
    {
        await using var server = new RawServer(connection => connection.WriteAsync(Bomb()));

        Assert.Equal(ValidationVerdict.Unknown, (await ValidateAsync(server)).Verdict);
    }

    [Theory]
    [InlineData("header")]
    [InlineData("status")]
    public async Task Head_without_end_is_no_answer(string part)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.WriteAsync(part == "header" ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 200 ");
            while (true)
            {
                await connection.WriteAsync(part == "header" ? $"X-Header: {new string('x', 1000)}\r\n" : new string('x', 1000));
            }
        });

        Assert.IsType<TokenEndpointResult.InDoubt>(await ReadAsync(server));
        await (await server.FirstConnection).Closed;
    }

    private static async Task WithoutEndAsync(RawConnection connection)
    {
        var chunk = $"8000\r\n{new string(' ', 0x8000)}\r\n";
        await connection.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{ \r\n");
        while (true)
        {
            await connection.WriteAsync(chunk);
        }
    }

    /// <summary>64 MiB in as many KiB.</summary>
    private static string Bomb()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            gzip.Write("{\"access_token\":\"a\",\"refresh_token\":\"r\",\"x\":\""u8);
            for (var mebibyte = 0; mebibyte < 64; mebibyte++)
            {
                gzip.Write(new byte[1024 * 1024]);
            }
        }

        return TestProvider.Http(200, Encoding.Latin1.GetString(packed.ToArray()), "Content-Encoding: gzip\r\n");
    }

    private async Task<TokenEndpointResult> ReadAsync(RawServer server) => TokenAnswer.Read(await SendAsync(server), TestProvider.Settings());

    private Task<TokenExchange> SendAsync(RawServer server) => new TokenEndpointClient(_tokens, TimeProvider.System, new CapturedLog())
        .SendAsync(TestProvider.Settings(server.Uri), TokenGrantRequest.RefreshToken(TestProvider.RefreshToken), TestProvider.Deadline(), CancellationToken.None);

    private Task<TokenValidation> ValidateAsync(RawServer server) =>
        new ValidateClient(_validation, TimeProvider.System, RandomSource.System, TokenMetrics.Unobserved, new CapturedLog())
            .ValidateAsync(TestProvider.Settings(server.Uri), new Secret("access_token_1"), CancellationToken.None);
}
