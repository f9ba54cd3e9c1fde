using System.Net.Sockets;

namespace TokenGateway.Faults.Network;

/// <summary>One connection through a proxy: a socket to each side.</summary>
internal sealed class Link(string source, string target, Socket client, Socket server)
{
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Who opened it.</summary>
    public string Source => source;

    /// <summary>Who accepted it.</summary>
    public string Target => target;

    public Socket Client => client;

    public Socket Server => server;

    public Task Aborted => _aborted.Task;

    /// <summary>True: answers are kept from the client until the link is aborted.</summary>
    public bool HoldsAnswers { get; set; }

    /// <summary>Resets both sides.</summary>
    public void Abort()
    {
        if (_aborted.TrySetResult())
        {
            Reset(client);
            Reset(server);
        }
    }

    /// <summary>Resets one connection, unlike a graceful end.</summary>
    public static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }

        socket.Dispose();
    }
}
