using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TokenGateway.Tests.Security;

/// <summary>
/// An upstream that reads HTTP/1.1 by the letter and for itself, so that what a lenient server would repair is seen here, and keeps each request as it came.
/// </summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    private const int LongestBody = 1_000_000;
    private const string BrokenOff = "The request broke off.";

    private static readonly byte[] GoOn = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _served = [];
    private readonly Action<RawRequest>? _seen;
    private readonly Task _accepting;

    /// <param name="seen">Told of each request; by default they are kept in <see cref="Requests"/>.</param>
    public RawUpstream(Action<RawRequest>? seen = null)
    {
        _seen = seen;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What each request is answered with.</summary>
    public byte[] Response { get; init; } = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray();

    public ConcurrentQueue<RawRequest> Requests { get; } = new();

    /// <summary>What came that is no HTTP.</summary>
    public ConcurrentQueue<string> Malformed { get; } = new();

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

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
                _served.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        try
        {
            while (await ReadAsync(reader, stream) is { } request)
            {
                if (_seen is null)
                {
                    Requests.Enqueue(request);
                }

                _seen?.Invoke(request);
                await stream.WriteAsync(Response, _stop.Token);
            }
        }
        catch (FormatException e)
        {
            Malformed.Enqueue(e.Message);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task<RawRequest?> ReadAsync(StreamReader reader, NetworkStream stream)
    {
        if (await LineAsync(reader) is not { } line)
        {
            return null;
        }

        var parts = line.Split(' ');
        Require(parts.Length == 3 && parts[2] == "HTTP/1.1", line);
        var headers = new List<KeyValuePair<string, string>>();
        for (string field; (field = await NextLineAsync(reader)).Length > 0;)
        {
            var colon = field.IndexOf(':', StringComparison.Ordinal);
            Require(colon > 0 && !field[..colon].Any(char.IsWhiteSpace), field);
            headers.Add(KeyValuePair.Create(field[..colon], field[(colon + 1)..].Trim()));
        }

        var request = new RawRequest(parts[0], parts[1], headers);
        if (request.Values("Expect").Length > 0)
        {
            await stream.WriteAsync(GoOn, _stop.Token);
        }

        return request with { Body = await BodyAsync(reader, request) };
    }

    private async Task<string> BodyAsync(StreamReader reader, RawRequest request)
    {
        var (lengths, codings) = (request.Values("Content-Length"), request.Values("Transfer-Encoding"));
        Require(lengths.Length + codings.Length <= 1, "more than one length");
        if (lengths is [var length])
        {
            return await TakeAsync(reader, long.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture));
        }

        var body = new StringBuilder();
        if (codings is [var coding])
        {
            Require(coding == "chunked", coding);
            for (long size; (size = long.Parse(await NextLineAsync(reader), NumberStyles.HexNumber, CultureInfo.InvariantCulture)) > 0;)
            {
                body.Append(await TakeAsync(reader, size));
                Require((await NextLineAsync(reader)).Length == 0, "no end of a chunk");
            }

            while (await NextLineAsync(reader) is { Length: > 0 } trailer)
            {
                Require(trailer.Contains(':', StringComparison.Ordinal), trailer);
            }
        }

        return body.ToString();
    }

    private async Task<string> TakeAsync(StreamReader reader, long count)
    {
        if (count > LongestBody)
        {
            throw new IOException(BrokenOff); // Announced; nobody sends as much.
        }

        var taken = new char[count];
        return count == 0 || await reader.ReadBlockAsync(taken, _stop.Token) == count ? new string(taken) : throw new IOException(BrokenOff);
    }

    /// <summary>A line up to its CR LF; null at the end of the connection. Read by StreamReader, to which a lone CR or LF is an end as well: what is left of such a line is then malformed.</summary>
    private Task<string?> LineAsync(StreamReader reader) => reader.ReadLineAsync(_stop.Token).AsTask();

    private async Task<string> NextLineAsync(StreamReader reader) => await LineAsync(reader) ?? throw new IOException(BrokenOff);

    private static void Require(bool holds, string text)
    {
        if (!holds)
        {
            throw new FormatException(text);
        }
    }
}

/// <summary>A request as the upstream got it.</summary>
internal sealed record RawRequest(string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    public string Body { get; init; } = "";

    public string[] Values(string name) =>
        [.. Headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value)];
}
