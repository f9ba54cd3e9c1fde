using System.Net;
using System.Net.Sockets;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary>Ports of loopback.</summary>
internal static class Ports
{
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
