using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace TokenGateway.Tests.Security;

/// <summary>A client on a connection of its own, whose every byte is the test's.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    private RawClient(Socket socket) => (_socket, _stream) = (socket, new NetworkStream(socket, ownsSocket: true));

    public static async Task<RawClient> ConnectAsync(Uri server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Host, server.Port);
        return new RawClient(socket);
    }

    /// <summary>One request on a new connection, and its answer.</summary>
    public static async Task<RawAnswer> AskAsync(Uri server, string request)
    {
        using var client = await ConnectAsync(server);
        await client.SendAsync(request);
        return await client.ReadAnswerAsync() ?? throw new InvalidOperationException("The connection was closed without an answer.");
    }

    public async Task SendAsync(string text) => await SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes);

    /// <summary>The next final answer; null where the connection ends before its head does.</summary>
    public async Task<RawAnswer?> ReadAnswerAsync()
    {
        using var bound = new CancellationTokenSource(Bound, TimeProvider.System);
        while (true)
        {
            if (await ReadHeadAsync(bound.Token) is not { } head)
            {
                return null;
            }

            var answer = new RawAnswer(head);
            if (answer.Status >= 200)
            {
                return answer with { Body = await ReadBodyAsync(answer, bound.Token) };
            }
        }
    }

    /// <summary>Waits for the server to end the connection, whatever it says before.</summary>
    public async Task WaitForEndAsync(TimeSpan within)
    {
        using var bound = new CancellationTokenSource(within, TimeProvider.System);
        (_start, _end) = (0, 0);
        while (await FillAsync(bound.Token))
        {
            _end = 0;
        }
    }

    /// <summary>Everything that comes. Once nothing has come for <paramref name="silence"/>, this side says that it has no more to send; then the server must end.</summary>
    public async Task<string> ReadToEndAsync(TimeSpan silence, TimeSpan within)
    {
        using var bound = new CancellationTokenSource(within, TimeProvider.System);
        var received = new StringBuilder();
        for (var ended = false; ;)
        {
            var read = _stream.ReadAsync(_buffer, bound.Token).AsTask();
            if (!ended && await Task.WhenAny(read, Task.Delay(silence, TimeProvider.System, bound.Token)) != read)
            {
                ended = true;
                _socket.Shutdown(SocketShutdown.Send);
            }

            if (await read is > 0 and var count)
            {
                received.Append(Encoding.Latin1.GetString(_buffer, 0, count));
                continue;
            }

            return received.ToString();
        }
    }

    public void Dispose() => _stream.Dispose();

    private async Task<string?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                return Take(end + 4);
            }

            if (!await FillAsync(cancellationToken))
            {
                return null;
            }
        }
    }

    private async Task<string> ReadBodyAsync(RawAnswer answer, CancellationToken cancellationToken)
    {
        var length = answer.Header("Content-Length") is { } given ? int.Parse(given, CultureInfo.InvariantCulture)
            : answer.Status is 204 or 304 ? 0
            : int.MaxValue;
        while (_end - _start < length && !IsLastChunk(length) && await FillAsync(cancellationToken))
        {
        }

        return Take(Math.Min(length, _end - _start));
    }

    /// <summary>An answer of unknown length lasts until its last chunk, or the end of the connection.</summary>
    private bool IsLastChunk(int length) => length == int.MaxValue && _buffer.AsSpan(_start, _end - _start).EndsWith("0\r\n\r\n"u8);

    private string Take(int count)
    {
        var text = Encoding.Latin1.GetString(_buffer, _start, count);
        _start += count;
        return text;
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        try
        {
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            _end += read;
            return read > 0;
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            return false; // A reset is an end too.
        }
    }
}

/// <summary>An answer as it came.</summary>
internal sealed record RawAnswer(string Head, string Body = "")
{
    public int Status => int.Parse(Head.AsSpan(9, 3), CultureInfo.InvariantCulture);

    public string? Header(string name) => Head.Split("\r\n")
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .FirstOrDefault();
}
