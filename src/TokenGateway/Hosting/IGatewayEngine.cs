using TokenGateway.Tokens;
using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Hosting;

/// <summary>The engine as its host sees it. One engine serves the proxy and the management listener of one gateway.</summary>
internal interface IGatewayEngine : IAsyncDisposable
{
    ITokenManager Tokens { get; }

    /// <summary>Opens the store and begins to load. A store or provider that is away is no failure: it shows in the status.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Looks after these credentials, under these settings and keys, from now on. Nothing that is under way is cut off.</summary>
    /// <param name="settings">All that is configured; the store cannot be changed while running.</param>
    /// <param name="changed">The credentials whose settings are others than before.</param>
    Task ApplyAsync(TokenGatewaySettings settings, IReadOnlySet<string> changed);

    /// <summary>Reads the encryption keys again, whose files may have changed.</summary>
    /// <exception cref="IOException">A key's file is missing, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A key's file may not be read.</exception>
    /// <exception cref="FormatException">A key's file does not hold base64.</exception>
    /// <exception cref="ArgumentException">A key is not 32 bytes long.</exception>
    void RereadKeys();

    /// <summary>Begins nothing new, and ends when a rotation under way has ended and its pair is kept.</summary>
    Task StopAsync();
}
