using System.IO.Compression;
using System.Text;
using TokenGateway.Tokens.Configuration;
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

    /// <summary>Wherever a server may go on for ever: in each endpoint's answer, and each part of it.</summary>
    public static TheoryData<string, string> Endless
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var endpoint in new[] { "token", "validate", "introspection" })
            {
                foreach (var part in new[] { "status", "headers", "interim answers", "body", "chunks", "chunk extension", "trailers" })
                {
                    data.Add(endpoint, part);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Endless))]
    public async Task Answer_without_end_is_cut_off_and_the_connection_with_it(string endpoint, string part)
    {
        await using var server = new RawServer(connection => WithoutEndAsync(connection, part));

        if (endpoint == "token")
        {
            Assert.IsType<TokenEndpointResult.InDoubt>(await ReadAsync(server));
        }
        else
        {
            Assert.Equal(ValidationVerdict.Unknown, (await ValidateAsync(server, endpoint)).Verdict);
        }

        var connection = await server.FirstConnection;
        await connection.Closed;

        // What the sockets hold is sent as well. Interim answers are thrown away one by one, until the time is over.
        Assert.True(part == "interim answers" || connection.Written < 16 * 1024 * 1024, $"It took {connection.Written} bytes.");
        Assert.Single(server.Connections);
    }

    [Fact]
    public async Task Pair_that_begins_a_body_without_end_is_kept()
    {
        await using var server = new RawServer(connection => WithoutEndAsync(connection, "body", TestProvider.Answer[..^1] + ",\"x\":\""));

        var granted = Assert.IsType<TokenEndpointResult.Granted>(await ReadAsync(server)).Grant;

        Assert.Equal("refresh_token_2", granted.RefreshToken?.Reveal());
    }

    [Fact]
    public async Task Bomb_of_gzip_is_kept_as_it_came_and_gives_up_the_pair_that_it_begins_with()
    {
        var bomb = Bomb();
        await using var server = new RawServer(connection => connection.WriteAsync(bomb));

        var answer = Assert.IsType<TokenExchange.Answered>(await SendAsync(server)).Answer;

        Assert.InRange(answer.Body.Length, 1000, AnswerBody.Limit);
        Assert.True(answer.Body.Span.StartsWith<byte>([0x1f, 0x8b]), "It is kept as it came.");
        var granted = Assert.IsType<TokenEndpointResult.Granted>(TokenAnswer.Read(new TokenExchange.Answered(answer), TestProvider.Settings())).Grant;
        Assert.Equal("r", granted.RefreshToken?.Reveal());
    }

    [Fact]
    public async Task Bomb_of_gzip_is_no_verdict()
    {
        var bomb = Bomb();
        await using var server = new RawServer(connection => connection.WriteAsync(bomb));

        Assert.Equal(ValidationVerdict.Unknown, (await ValidateAsync(server)).Verdict);
    }

    private static async Task WithoutEndAsync(RawConnection connection, string part, string begun = "{ ")
    {
        var kilobyte = new string('x', 1024);
        var (first, again) = part switch
        {
            "status" => ("HTTP/1.1 200 ", kilobyte),
            "headers" => ("HTTP/1.1 200 OK\r\n", $"X-Header: {kilobyte}\r\n"),
            "interim answers" => ("", $"HTTP/1.1 102 Processing\r\nX-Header: {kilobyte}\r\n\r\n"),
            "body" => ($"HTTP/1.1 200 OK\r\nContent-Length: 9000000000000\r\n\r\n{begun}", kilobyte),
            "chunks" => ($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{begun.Length:x}\r\n{begun}\r\n", $"400\r\n{kilobyte}\r\n"),
            "chunk extension" => ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=", kilobyte),
            "trailers" => ($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{begun.Length:x}\r\n{begun}\r\n0\r\n", $"X-Trailer: {kilobyte}\r\n"),
            _ => throw new ArgumentOutOfRangeException(nameof(part)),
        };
        await connection.WriteAsync(first);
        while (true)
        {
            await connection.WriteAsync(again);
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
        .SendAsync(SettingsOf(server), TokenGrantRequest.RefreshToken(TestProvider.RefreshToken), TestProvider.Deadline(), CancellationToken.None);

    private Task<TokenValidation> ValidateAsync(RawServer server, string endpoint = "validate") =>
        new ValidateClient(_validation, TimeProvider.System, RandomSource.System, TokenMetrics.Unobserved, new CapturedLog()).ValidateAsync(
            SettingsOf(server) with { ValidateKind = endpoint == "introspection" ? ValidateKind.Introspection : ValidateKind.Bearer }, new Secret("access_token_1"), CancellationToken.None);

    /// <summary>Where nothing else ends a call, these times do.</summary>
    private static CredentialSettings SettingsOf(RawServer server) => TestProvider.Settings(server.Uri) with
    {
        TokenEndpointTimeout = TimeSpan.FromSeconds(2),
        Validation = new ValidationSettings { Timeout = TimeSpan.FromSeconds(2) },
    };
}
