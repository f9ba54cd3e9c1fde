using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Hosting;

/// <summary>The real engine.</summary>
internal sealed class GatewayEngine(TokenManager manager, EncryptionSettings encryption) : IGatewayEngine
{
    /// <summary>Without Redis there are as many as cores: more only get in each other's way, which costs a twentieth of a request's CPU.</summary>
    private const int ThreadsBesideRedis = 32;

    private EncryptionSettings _encryption = encryption;

    public ITokenManager Tokens => manager;

    /// <exception cref="InvalidOperationException">The embedded store's key file cannot be used.</exception>
    public static GatewayEngine Create(TokenGatewaySettings settings, GatewayParts parts)
    {
        if (settings.Store.Kind == StoreKind.Redis)
        {
            // The Redis client blocks threads while it looks for a new primary: with as few as there are cores, requests stood still for seconds meanwhile.
            ThreadPool.GetMinThreads(out var workers, out var completions);
            ThreadPool.SetMinThreads(Math.Max(workers, ThreadsBesideRedis), completions);
        }

        return new(TokenEngine.Create(settings, parts.Time, RandomSource.System, parts.Loggers, parts.Metrics), settings.Encryption);
    }

    public Task StartAsync(CancellationToken cancellationToken) => manager.StartAsync(cancellationToken);

    public Task ApplyAsync(TokenGatewaySettings settings, IReadOnlySet<string> changed)
    {
        _encryption = settings.Encryption;
        RereadKeys();
        return manager.ApplyAsync(settings.Credentials.Values, changed);
    }

    public void RereadKeys()
    {
        // Without any the store has a key file of its own, which never changes.
        if (_encryption.Keys.Count > 0)
        {
            manager.ApplyKeys(EncryptionKeys.Read(_encryption));
        }
    }

    public Task StopAsync() => manager.StopAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => manager.DisposeAsync();
}
