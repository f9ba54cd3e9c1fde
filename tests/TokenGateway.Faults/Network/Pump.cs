using System.Net.Sockets;

namespace TokenGateway.Faults.Network;

/// <summary>Carries bytes of a link in both directions, past the cuts of the network and the eyes of a tap.</summary>
internal static class Pump
{
    private const int BufferSize = 64 * 1024;

    /// <summary>Runs until both sides have ended. What the client sent before it died still arrives, late if need be.</summary>
    public static async Task RunAsync(FaultNetwork network, Link link, ILinkTap tap, ReadOnlyMemory<byte> first = default)
    {
        async Task OrAbortAsync(Task direction)
        {
            try
            {
                await direction;
            }
            catch
            {
                link.Abort(); // Half a connection would be a fault of our own.
                throw;
            }
        }

        await Task.WhenAll(OrAbortAsync(ForthAsync(network, link, tap, first)), OrAbortAsync(BackAsync(network, link, tap)));
        link.Client.Dispose();
        link.Server.Dispose();
    }

    private static async Task ForthAsync(FaultNetwork network, Link link, ILinkTap tap, ReadOnlyMemory<byte> first)
    {
        var buffer = new byte[BufferSize];
        try
        {
            var bytes = first.IsEmpty ? buffer.AsMemory(0, await ReceiveAsync(link.Client, buffer)) : first;
            for (; !bytes.IsEmpty; bytes = buffer.AsMemory(0, await ReceiveAsync(link.Client, buffer)))
            {
                if (!await tap.SentAsync(link, bytes))
                {
                    link.Abort();
                    return;
                }

                await network.PassAsync(link, forth: true);
                await SendAsync(link.Server, bytes);
            }

            await network.PassAsync(link, forth: true);
            link.Server.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            link.Abort();
        }
    }

    private static async Task BackAsync(FaultNetwork network, Link link, ILinkTap tap)
    {
        var buffer = new byte[BufferSize];
        var clientIsThere = true;
        try
        {
            while (await ReceiveAsync(link.Server, buffer) is > 0 and var length)
            {
                tap.Answered(link, buffer.AsSpan(0, length));
                await network.PassAsync(link, forth: false);
                if (link.HoldsAnswers)
                {
                    continue;
                }

                clientIsThere = clientIsThere && await TrySendAsync(link.Client, buffer.AsMemory(0, length));
            }

            await network.PassAsync(link, forth: false);
            link.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            link.Abort();
        }
    }

    private static async Task<int> ReceiveAsync(Socket socket, byte[] buffer) => await socket.ReceiveAsync(buffer);

    private static async Task<bool> TrySendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await SendAsync(socket, bytes);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }
}

/// <summary>Sees what passes a link.</summary>
internal interface ILinkTap
{
    /// <summary>The client sent this; false drops it, and the connection with it.</summary>
    ValueTask<bool> SentAsync(Link link, ReadOnlyMemory<byte> bytes);

    /// <summary>The server answered this; it may not arrive.</summary>
    void Answered(Link link, ReadOnlySpan<byte> bytes);
}
