using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Hosting;

/// <summary>The real engine.</summary>
internal sealed class GatewayEngine(TokenManager manager, EncryptionSettings encryption) : IGatewayEngine
{
    private EncryptionSettings _encryption = encryption;

    public ITokenManager Tokens => manager;

    /// <exception cref="InvalidOperationException">The embedded store's key file cannot be used.</exception>
    public static GatewayEngine Create(TokenGatewaySettings settings, GatewayParts parts) =>
        new(TokenEngine.Create(settings, parts.Time, RandomSource.System, parts.Loggers, parts.Metrics), settings.Encryption);

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
