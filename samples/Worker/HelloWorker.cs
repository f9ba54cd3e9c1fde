using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TokenGateway.Tokens;

namespace Worker;

/// <summary>Calls the API again and again.</summary>
internal sealed partial class HelloWorker(IServiceScopeFactory scopes, IHostApplicationLifetime lifetime, ILogger<HelloWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(await CallAsync(stoppingToken), stoppingToken);
        }
    }

    /// <returns>How long to wait until the next call.</returns>
    private async Task<TimeSpan> CallAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A typed client is made for a short life: one for each call, so that its connections are renewed.
            await using var scope = scopes.CreateAsyncScope();
            var hello = await scope.ServiceProvider.GetRequiredService<HelloClient>().GreetAsync(cancellationToken);
            Answered(hello.Fingerprint, hello.Generation);
            return Pause;
        }
        catch (TokenUnavailableException e) when (e.RetryAfter is { } wait)
        {
            NotSent(e.Code, e.Message);
            return wait;
        }
        catch (TokenUnavailableException e)
        {
            // Waiting does not help: a person must log in at the provider.
            NotSent(e.Code, e.Message);
            lifetime.StopApplication();
            return Pause;
        }
        catch (HttpRequestException e)
        {
            Failed(e.Message);
            return Pause;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "answered: token {Fingerprint} of generation {Generation}")]
    private partial void Answered(string fingerprint, int generation);

    [LoggerMessage(2, LogLevel.Warning, "not sent, {Code}: {Reason}")]
    private partial void NotSent(TokenFailureCode code, string reason);

    [LoggerMessage(3, LogLevel.Warning, "failed: {Reason}")]
    private partial void Failed(string reason);
}
