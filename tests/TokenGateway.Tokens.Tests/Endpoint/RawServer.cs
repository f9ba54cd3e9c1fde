using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TokenGateway.Tokens.Tests.Endpoint;

/// <summary>A server on loopback whose every byte is the test's own: it reads one request per connection and lets the test answer it.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<RawConnection, Task> _answer;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<RawConnection> _connections = new();
    private readonly ConcurrentBag<Task> _served = [];
    private readonly TaskCompletionSource<RawConnection> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;

    public RawServer(Func<RawConnection, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public RawServer(string answer)
        : this(connection => connection.WriteAsync(answer))
    {
    }

    public Uri Uri => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/token");

    /// <summary>The first connection, once there is one.</summary>
    public Task<RawConnection> FirstConnection => _first.Task;

    /// <summary>Every connection so far, in order.</summary>
    public IReadOnlyList<RawConnection> Connections => [.. _connections];

    /// <summary>Everything that anyone sent, requests or not.</summary>
    public string Received => string.Concat(Connections.Select(c => c.Head + c.Body));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_served);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new RawConnection(await _listener.AcceptSocketAsync(_stop.Token), _stop.Token);
                _connections.Enqueue(connection);
                _first.TrySetResult(connection);
                _served.Add(ServeAsync(connection));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException
            or InvalidOperationException) // What a listener says that was stopped between two calls.
        {
        }
    }

    private async Task ServeAsync(RawConnection connection)
    {
        try
        {
            if (await connection.ReadRequestAsync())
            {
                await _answer(connection);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
        }
        finally
        {
            connection.Close();
        }
    }
}

internal sealed class RawConnection(Socket socket, CancellationToken stop)
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Head { get; private set; } = "";

    public string Body { get; private set; } = "";

    /// <summary>Completes when this side is done with the connection.</summary>
    public Task Closed => _closed.Task;

    /// <summary>How many bytes the other side has taken, or the sockets in between.</summary>
    public long Written { get; private set; }

    public async Task WriteAsync(string text)
    {
        await _stream.WriteAsync(Encoding.Latin1.GetBytes(text), stop);
        Written += text.Length;
    }

    /// <summary>Says nothing until the server is disposed of.</summary>
    public Task StallAsync() => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);

    /// <summary>Ends the connection with a reset, as a crash or a firewall does.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public void Close()
    {
        _stream.Dispose();
        _closed.TrySetResult();
    }

    /// <summary>False when the peer went away before its request was whole.</summary>
    public async Task<bool> ReadRequestAsync()
    {
        var received = new MemoryStream();
        var buffer = new byte[8192];
        while (true)
        {
            var read = await _stream.ReadAsync(buffer, stop);
            received.Write(buffer, 0, read);
            var text = Encoding.Latin1.GetString(received.ToArray());
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            Head = end < 0 ? text : text[..(end + 4)];
            Body = text[Head.Length..];
            if (end >= 0 && Body.Length >= ContentLength())
            {
                return true;
            }

            if (read == 0)
            {
                return false;
            }
        }
    }

    public string? Header(string name) => Head.Split("\r\n")
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .SingleOrDefault();

    private int ContentLength() => Header("Content-Length") is { } length ? int.Parse(length) : 0;
}
