using System.Net;
using System.Net.Sockets;

namespace TokenGateway.Faults.Redis;

/// <summary>A port that nobody listens on now, below the range from which the kernel takes its own.</summary>
internal static class FreePort
{
    private static readonly Lock Gate = new();
    private static int _next = 17000 + (Environment.ProcessId % 400 * 20);

    public static int Next()
    {
        lock (Gate)
        {
            while (true)
            {
                try
                {
                    using var listener = new TcpListener(IPAddress.Loopback, ++_next);
                    listener.Start();
                    return _next;
                }
                catch (SocketException)
                {
                    // Somebody else's.
                }
            }
        }
    }
}
