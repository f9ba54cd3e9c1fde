using System.Net;
using System.Net.Sockets;

namespace TokenGateway.Faults.Network;

/// <summary>Listens on loopback in place of one server, and serves each connection as it is told.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly FaultNetwork _network;
    private readonly string _target;
    private readonly Func<int> _targetPort;
    private readonly Func<Link, Task> _serve;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Task _accepting;

    /// <param name="network">Whose cuts apply.</param>
    /// <param name="target">The server's name.</param>
    /// <param name="targetPort">Where it listens, asked at each connection.</param>
    /// <param name="serve">Carries a connection to its end.</param>
    /// <param name="port">Where to listen; 0 means anywhere.</param>
    public FaultProxy(FaultNetwork network, string target, Func<int> targetPort, Func<Link, Task> serve, int port = 0)
    {
        (_network, _target, _targetPort, _serve) = (network, target, targetPort, serve);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(512);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync();
                client.NoDelay = true;
                _ = ServeAsync(client);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Link? link = null;
        try
        {
            var source = _network.NameOf(((IPEndPoint)client.RemoteEndPoint!).Address);
            link = new Link(source, _target, client, server);
            _network.Add(link);
            if (_network.Resets(source, _target))
            {
                link.Abort();
                return;
            }

            await server.ConnectAsync(IPAddress.Loopback, _targetPort());
            await _serve(link);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException)
        {
            link?.Abort();
        }
        catch (Exception error)
        {
            _network.Fail(error);
            link?.Abort();
        }
        finally
        {
            Link.Reset(client);
            server.Dispose();
            if (link is not null)
            {
                _network.Remove(link);
            }
        }
    }
}
