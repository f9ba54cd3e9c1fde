using System.Net;
using System.Net.Sockets;

namespace TokenGateway.Testing;

/// <summary>Ports of loopback that nobody listens on at this moment.</summary>
internal static class Ports
{
    /// <summary>One of the system's choice.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
