using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Management;

public sealed class AuditTests
{
    [Fact]
    public async Task Every_change_is_recorded_with_who_what_from_where_and_how_it_ended_and_without_secrets()
    {
        await using var upstream = await Upstream.StartAsync();
        using var log = new Lines();
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.Routes(upstream.Url, "plum"), new ScriptedTokens("plum"), loggers: log);

        await gateway.Management.PostAsync("api/credentials/plum/rotate?force=true", null);
        await gateway.Management.PostAsync("api/credentials/plum/validate", null);
        await gateway.Management.PutAsync("api/credentials/plum/refresh-token", new StringContent("""{"refreshToken": "refresh_token_1"}""", System.Text.Encoding.UTF8, "application/json"));
        await gateway.Management.GetAsync("api/credentials");

        Assert.Equal(
            [
                (5302, "Audit: forced rotation of credential plum was asked for by this machine from 127.0.0.1"),
                (5303, "Audit: forced rotation of credential plum, asked for by this machine from 127.0.0.1, ended: rotated"),
                (5302, "Audit: validation of credential plum was asked for by this machine from 127.0.0.1"),
                (5303, "Audit: validation of credential plum, asked for by this machine from 127.0.0.1, ended: valid"),
                (5302, "Audit: reseed of credential plum was asked for by this machine from 127.0.0.1"),
                (5303, "Audit: reseed of credential plum, asked for by this machine from 127.0.0.1, ended: accepted"),
            ],
            log.Audit);
        Assert.DoesNotContain(log.All, line => line.Contains("refresh_token_1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_that_another_origin_asks_for_is_refused_and_recorded()
    {
        await using var upstream = await Upstream.StartAsync();
        using var log = new Lines();
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.Routes(upstream.Url, "plum"), new ScriptedTokens("plum"), loggers: log);
        using var request = new HttpRequestMessage(HttpMethod.Put, "api/credentials/plum/refresh-token");
        request.Headers.Add("Origin", "https://evil.example");

        using var answer = await gateway.Management.SendAsync(request);

        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Equal([(5304, "Audit: PUT /api/credentials/plum/refresh-token from 127.0.0.1 was refused: cross_origin")], log.Audit);
    }

    /// <summary>All that is logged.</summary>
    private sealed class Lines : ILoggerFactory, ILogger
    {
        private readonly ConcurrentQueue<(int Id, string Text)> _lines = new();

        public IEnumerable<(int Id, string Text)> Audit => _lines.Where(line => line.Text.StartsWith("Audit:", StringComparison.Ordinal));

        public IEnumerable<string> All => _lines.Select(line => line.Text);

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) { }

        public void Dispose() { }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue((eventId.Id, formatter(state, exception)));
    }
}
