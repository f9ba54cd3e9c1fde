using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace TokenGateway.Tokens.Endpoint;

/// <summary>Makes the HTTP handlers for a provider's endpoints, without anything that could repeat or redirect a request.</summary>
internal static class EndpointHandler
{
    /// <summary>What this product calls itself to a provider.</summary>
    public static readonly ProductInfoHeaderValue UserAgent =
        new("TokenGateway", typeof(EndpointHandler).Assembly.GetName().Version?.ToString(3));

    /// <summary>Name resolution, TCP with its retries, and TLS together; nothing has been sent by then.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>For refresh requests: each has a connection of its own.</summary>
    public static SocketsHttpHandler ForTokens(TimeProvider time, RandomSource random)
    {
        var handler = Create(time, random);
        handler.PooledConnectionLifetime = TimeSpan.Zero;

        // No trace header and no span: neither belongs on a request that carries a refresh token.
        handler.ActivityHeadersPropagator = null;
        return handler;
    }

    /// <summary>For validation, which may reuse connections, though not for so long that a DNS change goes unnoticed.</summary>
    public static SocketsHttpHandler ForValidation(TimeProvider time, RandomSource random)
    {
        var handler = Create(time, random);
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
        return handler;
    }

    private static SocketsHttpHandler Create(TimeProvider time, RandomSource random)
    {
        var retry = new ConnectRetry(time, random);
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectTimeout,
            MaxResponseDrainSize = 0,
            Proxy = new TunnelOnlyProxy(HttpClient.DefaultProxy),
            SslOptions = { CertificateChainPolicy = ServerCertificates.Policy },
            ConnectCallback = (context, cancellationToken) =>
                retry.ConnectAsync(ct => ConnectAsync(context.DnsEndPoint, ct), cancellationToken),
        };
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
