using Microsoft.Extensions.Primitives;

namespace TokenGateway.Proxy;

/// <summary>Finds reloads whose values YARP cannot even convert; of those it tells its listeners nothing.</summary>
internal sealed class ProxyReloadWatch(IConfigurationSection section, ProxyReloadListener listener) : IHostedService, IDisposable
{
    private IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = ChangeToken.OnChange(section.GetReloadToken, Check);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _subscription?.Dispose();

    private void Check()
    {
        var unreadable = ProxyConfigurationCheck.FindUnreadable(section);
        if (unreadable.Count > 0)
        {
            listener.Refuse(string.Join(" ", unreadable));
        }
    }
}
