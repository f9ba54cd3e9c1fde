using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Hosting;

/// <summary>The real engine.</summary>
internal sealed class GatewayEngine(TokenManager manager) : IGatewayEngine
{
    public ITokenManager Tokens => manager;

    /// <exception cref="InvalidOperationException">The embedded store's key file cannot be used.</exception>
    public static GatewayEngine Create(TokenGatewaySettings settings, GatewayParts parts) =>
        new(TokenEngine.Create(settings, parts.Time, RandomSource.System, parts.Loggers, parts.Metrics));

    public Task StartAsync(CancellationToken cancellationToken) => manager.StartAsync(cancellationToken);

    public Task StopAsync() => manager.StopAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => manager.DisposeAsync();
}
