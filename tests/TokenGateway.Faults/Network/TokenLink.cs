using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using TokenGateway.Faults.Faults;
using TokenGateway.Faults.Oracle;

namespace TokenGateway.Faults.Network;

/// <summary>
/// Carries connections to the provider. A refresh request is passed on as a whole and its answer likewise, so that each can be held, lost or cut
/// off at an exact moment, and so that the ledger knows every refresh token.
/// </summary>
internal sealed class TokenLink(FaultNetwork network, Ledger ledger, FaultPoints points, Func<string, int> bootOf)
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    public async Task ServeAsync(Link link)
    {
        var first = new byte[16 * 1024];
        var length = await link.Client.ReceiveAsync(first);
        if (length == 0 || !first.AsSpan().StartsWith("POST "u8))
        {
            await Pump.RunAsync(network, link, NoTap.Instance, first.AsMemory(0, length));
            return;
        }

        var request = await ReadMessageAsync(link.Client, first.AsMemory(0, length));
        if (ledger.Sent(link.Source, bootOf(link.Source), RefreshTokenIn(request)) is { } exchange)
        {
            await ExchangeAsync(link, exchange, request);
        }
        else
        {
            Unknown?.Invoke(link.Source);
            link.Abort();
        }
    }

    /// <summary>A refresh token was sent that this fleet was never given.</summary>
    public event Action<string>? Unknown;

    /// <summary>A refresh token was sent.</summary>
    public event Action<Exchange>? Sent;

    private async Task ExchangeAsync(Link link, Exchange exchange, byte[] request)
    {
        Sent?.Invoke(exchange);
        if (await ReachAsync(FaultPoint.PostSent, link, exchange) != Verdict.Pass)
        {
            exchange.Lost = "dropped before it reached the provider";
            link.Abort();
            return;
        }

        await network.PassAsync(link, forth: true);
        exchange.ForwardedAt = Clock.Timestamp;
        await Pump.SendAsync(link.Server, request);
        var arrived = ReachAsync(FaultPoint.PostArrived, link, exchange);
        var answer = await ReadMessageAsync(link.Server, default);
        Read(exchange, answer);
        await arrived;
        var verdict = await ReachAsync(FaultPoint.Answered, link, exchange);
        await network.PassAsync(link, forth: false);
        if (verdict == Verdict.Pass)
        {
            await DeliverAsync(link, exchange, answer);
        }
        else
        {
            exchange.Lost = verdict == Verdict.Truncate ? "cut off" : "dropped";
            await Pump.SendAsync(link.Client, verdict == Verdict.Truncate ? answer.AsMemory(0, answer.Length - Tail) : default);
            link.Client.Shutdown(SocketShutdown.Both);
        }
    }

    // Enough to take the refresh token's end away, which comes last in the body.
    private const int Tail = 20;

    private async Task DeliverAsync(Link link, Exchange exchange, byte[] answer)
    {
        if (link.Client.Poll(0, SelectMode.SelectRead) && link.Client.Available == 0)
        {
            exchange.Lost = "the gateway had hung up";
            return;
        }

        var before = Clock.Timestamp;
        try
        {
            await Pump.SendAsync(link.Client, answer);
        }
        catch (SocketException)
        {
            exchange.Lost = "the gateway had hung up";
            return;
        }

        exchange.DeliveredAt = before;
        await ReachAsync(FaultPoint.AnswerArrived, link, exchange);
        link.Client.Shutdown(SocketShutdown.Send);
        using var bound = new CancellationTokenSource(Linger, TimeProvider.System);
        try
        {
            await link.Client.ReceiveAsync(new byte[1], bound.Token);
        }
        catch (OperationCanceledException)
        {
            // It keeps the connection; we do not.
        }
    }

    private Task<Verdict> ReachAsync(FaultPoint point, Link link, Exchange exchange) =>
        points.ReachAsync(new Hit(point, link.Source, link, $"{exchange.Credential} generation {exchange.Generation}"));

    private void Read(Exchange exchange, byte[] answer)
    {
        exchange.AnsweredAt = Clock.Timestamp;
        exchange.Status = int.Parse(Encoding.ASCII.GetString(answer, 9, 3), CultureInfo.InvariantCulture);
        if (exchange.Granted)
        {
            ledger.Granted(exchange, RefreshTokenIn(answer));
        }
    }

    private static string RefreshTokenIn(byte[] message)
    {
        using var body = JsonDocument.Parse(message.AsMemory(message.AsSpan().IndexOf("\r\n\r\n"u8) + 4));
        return body.RootElement.GetProperty("refresh_token").GetString()!;
    }

    private static async Task<byte[]> ReadMessageAsync(Socket socket, ReadOnlyMemory<byte> begun)
    {
        var message = new List<byte>(begun.ToArray());
        var buffer = new byte[16 * 1024];
        while (!IsWhole([.. message]))
        {
            var length = await socket.ReceiveAsync(buffer);
            if (length == 0)
            {
                throw new IOException("The connection ended within a message.");
            }

            message.AddRange(buffer.AsSpan(0, length));
        }

        return [.. message];
    }

    private static bool IsWhole(ReadOnlySpan<byte> message)
    {
        var end = message.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        var header = Encoding.ASCII.GetString(message[..end]).Split("\r\n")
            .Single(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        return message.Length >= end + 4 + int.Parse(header.AsSpan("Content-Length:".Length), CultureInfo.InvariantCulture);
    }
}
