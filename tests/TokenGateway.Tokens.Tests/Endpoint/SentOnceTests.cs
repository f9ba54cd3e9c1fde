using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Tests.Endpoint;

/// <summary>A refresh token leaves this process once or not at all, and the result says which.</summary>
public sealed class SentOnceTests : IDisposable
{
    private readonly CapturedLog _log = new();
    private readonly HttpMessageInvoker _invoker = new(EndpointHandler.ForTokens(TimeProvider.System, RandomSource.System));

    public void Dispose() => _invoker.Dispose();

    [Fact]
    public void Nothing_is_fetched_that_a_server_left_out_of_its_chain()
    {
        using var tokens = EndpointHandler.ForTokens(TimeProvider.System, RandomSource.System);
        using var validation = EndpointHandler.ForValidation(TimeProvider.System, RandomSource.System);

        Assert.All([tokens, validation], handler => Assert.Equal(
            (true, X509RevocationMode.NoCheck),
            (handler.SslOptions.CertificateChainPolicy?.DisableCertificateDownloads, handler.SslOptions.CertificateChainPolicy?.RevocationMode)));
    }

    [Fact]
    public async Task Unknown_host_means_not_sent() =>
        Assert.Equal(
            new TokenExchange.NotSent("name_resolution_failed"),
            await SendAsync(TestProvider.Settings(new Uri("https://provider.invalid/token"))));

    [Fact]
    public async Task Refused_connection_means_not_sent()
    {
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)reserved.LocalEndPoint!).Port;

        Assert.Equal(new TokenExchange.NotSent("connect_failed"), await SendAsync(TestProvider.Settings(new Uri($"http://127.0.0.1:{port}/token"))));
    }

    [Fact]
    public async Task Server_without_tls_means_not_sent()
    {
        await using var server = new RawServer("HTTP/1.1 400 Bad Request\r\n\r\n");

        var exchange = await SendAsync(TestProvider.Settings(new UriBuilder(server.Uri) { Scheme = "https" }.Uri), async () =>
            await (await server.FirstConnection).WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"));

        Assert.Equal(new TokenExchange.NotSent("tls_failed"), exchange);
        Assert.DoesNotContain("refresh_token", server.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Untrusted_certificate_means_not_sent()
    {
        using var key = ECDsa.Create();
        using var certificate = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256).CreateSelfSigned(TestProvider.Now, TestProvider.Now.AddYears(20));
        var bodies = 0;
        await using var server = await StartAsync(_ => { Interlocked.Increment(ref bodies); return Task.CompletedTask; }, certificate);

        Assert.Equal(new TokenExchange.NotSent("tls_failed"), await SendAsync(TestProvider.Settings(UriOf(server))));
        Assert.Equal(0, bodies);
    }

    [Fact]
    public async Task Passed_deadline_means_not_sent_and_no_body_leaves()
    {
        await using var server = new RawServer(TestProvider.Http(200, TestProvider.Answer));
        var client = new TokenEndpointClient(_invoker, TimeProvider.System, _log);

        var exchange = await client.SendAsync(
            TestProvider.Settings(server.Uri), TokenGrantRequest.RefreshToken(TestProvider.RefreshToken), new SendDeadline(TimeProvider.System, TimeSpan.Zero), CancellationToken.None);

        Assert.Equal(new TokenExchange.NotSent("deadline_passed"), exchange);
        await (await server.FirstConnection).Closed;
        Assert.DoesNotContain("refresh_token", server.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shutdown_before_sending_means_not_sent()
    {
        await using var server = new RawServer(TestProvider.Http(200, TestProvider.Answer));
        var client = new TokenEndpointClient(_invoker, TimeProvider.System, _log);

        var exchange = await client.SendAsync(TestProvider.Settings(server.Uri), TokenGrantRequest.RefreshToken(TestProvider.RefreshToken), TestProvider.Deadline(), new CancellationToken(canceled: true));

        Assert.Equal(new TokenExchange.NotSent("shutdown"), exchange);
        Assert.DoesNotContain("refresh_token", server.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_client_secret_file_means_not_sent()
    {
        await using var server = new RawServer(TestProvider.Http(200, TestProvider.Answer));
        var settings = TestProvider.Settings(server.Uri) with { ClientSecret = new SecretSource { File = "/nonexistent/secret" } };

        Assert.Equal(new TokenExchange.NotSent("client_secret_unavailable"), await SendAsync(settings));
        Assert.Empty(server.Connections);
    }

    [Fact]
    public async Task Request_that_cannot_be_made_means_not_sent() =>
        Assert.Equal(new TokenExchange.NotSent("not_sent"), await SendAsync(TestProvider.Settings(new Uri("/token", UriKind.Relative))));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connection_that_ends_after_the_body_means_lost_and_nothing_is_sent_again(bool reset)
    {
        await using var server = new RawServer(connection =>
        {
            if (reset)
            {
                connection.Reset();
            }

            return Task.CompletedTask;
        });

        Assert.Equal(new TokenExchange.Lost("connection_lost"), await SendAsync(TestProvider.Settings(server.Uri)));
        Assert.Single(server.Connections);
    }

    [Fact]
    public async Task Timeout_after_the_body_means_lost()
    {
        var time = TestProvider.FakeTime();
        await using var server = new RawServer(connection =>
        {
            time.Advance(TimeSpan.FromSeconds(30));
            return connection.StallAsync();
        });

        Assert.Equal(new TokenExchange.Lost("timeout"), await SendAsync(TestProvider.Settings(server.Uri), time: time));
    }

    [Fact]
    public async Task Shutdown_after_the_body_means_lost()
    {
        using var shutdown = new CancellationTokenSource();
        await using var server = new RawServer(async connection =>
        {
            await shutdown.CancelAsync();
            await connection.StallAsync();
        });

        var exchange = await new TokenEndpointClient(_invoker, TimeProvider.System, _log)
            .SendAsync(TestProvider.Settings(server.Uri), TokenGrantRequest.RefreshToken(TestProvider.RefreshToken), TestProvider.Deadline(), shutdown.Token);

        Assert.Equal(new TokenExchange.Lost("shutdown"), exchange);
    }

    [Fact]
    public async Task Timeout_within_the_answer_keeps_what_has_come()
    {
        var time = TestProvider.FakeTime();
        using var invoker = new HttpMessageInvoker(new StallingHandler(time, """{"refresh_token":"refresh_token_2","""));

        var exchange = await new TokenEndpointClient(invoker, time, _log)
            .SendAsync(TestProvider.Settings(), TokenGrantRequest.RefreshToken(TestProvider.RefreshToken), TestProvider.Deadline(time), CancellationToken.None);

        Assert.False(Assert.IsType<TokenExchange.Answered>(exchange).Answer.Complete);
        var granted = Assert.IsType<TokenEndpointResult.Granted>(TokenAnswer.Read(exchange, TestProvider.Settings()));
        Assert.Equal("refresh_token_2", granted.Grant.RefreshToken?.Reveal());
    }

    [Fact]
    public async Task Answer_that_is_not_http_means_lost_and_is_not_logged()
    {
        await using var server = new RawServer(TestProvider.Answer + "\r\n\r\n");

        var exchange = await SendAsync(TestProvider.Settings(server.Uri));

        Assert.Equal(new TokenExchange.Lost("unreadable_answer"), exchange);
        Assert.DoesNotContain("refresh_token_2", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirect_is_an_answer_and_is_not_followed()
    {
        await using var elsewhere = new RawServer(TestProvider.Http(200, TestProvider.Answer));
        await using var server = new RawServer(TestProvider.Http(307, "", $"Location: {elsewhere.Uri}\r\n"));
        var settings = TestProvider.Settings(server.Uri);

        var exchange = await SendAsync(settings);

        Assert.Equal(new TokenEndpointResult.InDoubt("redirect_307"), TokenAnswer.Read(exchange, settings));
        Assert.Empty(elsewhere.Connections);
        Assert.Single(server.Connections);
    }

    [Fact]
    public async Task Each_request_has_a_connection_of_its_own()
    {
        List<string> connections = [];
        await using var server = await StartAsync(async context =>
        {
            connections.Add(context.Connection.Id);
            await context.Response.WriteAsync(TestProvider.Answer);
        });

        for (var i = 0; i < 5; i++)
        {
            Assert.IsType<TokenExchange.Answered>(await SendAsync(TestProvider.Settings(UriOf(server))));
        }

        Assert.Equal(5, connections.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Handler_that_retries_cannot_send_a_second_time()
    {
        await using var server = new RawServer(TestProvider.Http(503, ""));
        using var invoker = new HttpMessageInvoker(new RetryingHandler(EndpointHandler.ForTokens(TimeProvider.System, RandomSource.System)));

        var exchange = await new TokenEndpointClient(invoker, TimeProvider.System, _log)
            .SendAsync(TestProvider.Settings(server.Uri), TokenGrantRequest.RefreshToken(TestProvider.RefreshToken), TestProvider.Deadline(), CancellationToken.None);

        Assert.IsType<TokenExchange.Lost>(exchange);
        Assert.Single(server.Connections, connection => connection.Body.Contains("refresh_token_1", StringComparison.Ordinal));
    }

    private async Task<TokenExchange> SendAsync(CredentialSettings settings, Func<Task>? meanwhile = null, TimeProvider? time = null)
    {
        var sending = new TokenEndpointClient(_invoker, time ?? TimeProvider.System, _log)
            .SendAsync(settings, TokenGrantRequest.RefreshToken(TestProvider.RefreshToken), TestProvider.Deadline(time), CancellationToken.None);
        await (meanwhile?.Invoke() ?? Task.CompletedTask);
        return await sending;
    }

    private static async Task<WebApplication> StartAsync(RequestDelegate answer, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }

    private static Uri UriOf(WebApplication app) => new(app.Urls.Single() + "/token");

    /// <summary>What a well-meant resilience handler does.</summary>
    private sealed class RetryingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (await base.SendAsync(request, cancellationToken)).Dispose();
            return await base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Answers with the beginning of a body, and lets time pass as soon as that has been read.</summary>
    private sealed class StallingHandler(FakeTimeProvider time, string begun) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await request.Content!.CopyToAsync(Stream.Null, cancellationToken);
            var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
            _ = StallAsync(pipe.Writer);
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(pipe.Reader.AsStream()) };
        }

        private async Task StallAsync(PipeWriter writer)
        {
            await writer.WriteAsync(Encoding.UTF8.GetBytes(begun));
            time.Advance(TimeSpan.FromSeconds(30));
        }
    }
}
