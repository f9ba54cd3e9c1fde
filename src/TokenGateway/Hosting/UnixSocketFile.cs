using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace TokenGateway.Hosting;

/// <summary>The file of a Unix socket: for its owner only, from before anybody can connect, and not in the way of the next start after a crash.</summary>
internal static class UnixSocketFile
{
    /// <summary>For Kestrel's sockets, which it makes listen afterwards.</summary>
    public static Socket Bind(EndPoint endpoint)
    {
        if (endpoint is not UnixDomainSocketEndPoint || OperatingSystem.IsWindows())
        {
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        }

        var path = endpoint.ToString()!;
        RemoveStale(path, endpoint);
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        try
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>What a killed process left refuses connections; a socket in use does not, and a file with anything in it is none.</summary>
    private static void RemoveStale(string path, EndPoint endpoint)
    {
        if (new FileInfo(path) is not { Exists: true, Length: 0 })
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endpoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
        }
    }
}
