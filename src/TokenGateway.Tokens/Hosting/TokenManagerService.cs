using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace TokenGateway.Tokens.Hosting;

/// <summary>Begins before every other service of the application and ends after all of them, in whatever order they were added: each may want a token to the last.</summary>
internal sealed class TokenManagerService(IServiceProvider provider) : IHostedLifecycleService
{
    private TokenManager? _manager;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        // Not by the constructor: services are made before the settings are checked, and the check names every mistake.
        _manager = provider.GetRequiredService<TokenManager>();
        return _manager.StartAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => _manager?.StopAsync(cancellationToken) ?? Task.CompletedTask;
}
