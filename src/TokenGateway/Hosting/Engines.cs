using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Hosting;

/// <summary>Seam: the engine's construction takes this file's place.</summary>
internal static class Engines
{
    public static IGatewayEngine Create(TokenGatewaySettings settings, ILoggerFactory loggers, TimeProvider time)
    {
        _ = (loggers, time);
        return settings.Credentials.Count == 0 ? new EmptyEngine() : throw new NotSupportedException("This build has no engine.");
    }

    /// <summary>A gateway without credentials: plain YARP.</summary>
    private sealed class EmptyEngine : IGatewayEngine, ITokenManager
    {
        public ITokenManager Tokens => this;

        public IReadOnlyCollection<string> Credentials => [];

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public ValueTask<TokenResult> GetTokenAsync(string credential, CancellationToken cancellationToken) => throw new KeyNotFoundException(credential);

        public CredentialStatus GetStatus(string credential) => throw new KeyNotFoundException(credential);

        public Task<CredentialReport> GetReportAsync(string credential, CancellationToken cancellationToken) => throw new KeyNotFoundException(credential);

        public Task<RotationReport> RotateAsync(string credential, CancellationToken cancellationToken) => throw new KeyNotFoundException(credential);
    }
}
