using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Hosting;

/// <summary>The real engine.</summary>
internal sealed class GatewayEngine(TokenManager manager, TokenGatewaySettings settings) : IGatewayEngine
{
    private EncryptionSettings _encryption = settings.Encryption;

    public ITokenManager Tokens => manager;

    /// <exception cref="InvalidOperationException">The embedded store's key file cannot be used.</exception>
    /// <exception cref="StartupException">The store's folder cannot be written.</exception>
    public static GatewayEngine Create(TokenGatewaySettings settings, GatewayParts parts)
    {
        try
        {
            return new GatewayEngine(TokenEngine.Create(settings, parts.Time, RandomSource.System, parts.Loggers, parts.Metrics), settings);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw NotWritable("Path", Path.GetDirectoryName(Path.GetFullPath(settings.Store.Path))!, error);
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await manager.StartAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw NotWritable("JournalPath", Path.GetFullPath(settings.Store.JournalPath), error);
        }
    }

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

    private static StartupException NotWritable(string key, string folder, Exception error) =>
        new([$"TokenGateway:Store:{key} needs the folder {folder}, where this process (user {Environment.UserName}) cannot write: {error.Message} Give the folder to that user, or choose another."]);

    public ValueTask DisposeAsync() => manager.DisposeAsync();
}
