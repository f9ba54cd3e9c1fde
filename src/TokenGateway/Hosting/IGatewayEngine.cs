using TokenGateway.Tokens;

namespace TokenGateway.Hosting;

/// <summary>The engine as its host sees it. One engine serves the proxy and the management listener of one gateway.</summary>
internal interface IGatewayEngine : IAsyncDisposable
{
    ITokenManager Tokens { get; }

    /// <summary>Opens the store and begins to load. A store or provider that is away is no failure: it shows in the status.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Begins nothing new, and ends when a rotation under way has ended and its pair is kept.</summary>
    Task StopAsync();
}
