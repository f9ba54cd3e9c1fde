using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary><c>connections</c>: many clients at once, most of which are silent.</summary>
internal static class ConnectionsCommand
{
    private static readonly byte[] Request = "GET /plain/small HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray();

    public static Command Create()
    {
        var open = new Option<int>("--open") { Description = "Connections that are held.", DefaultValueFactory = _ => 10_000 };
        var active = new Option<int>("--active") { Description = "Those of them that send all the while.", DefaultValueFactory = _ => 1_000 };
        var seconds = new Option<int>("--seconds") { Description = "How long.", DefaultValueFactory = _ => 20 };
        var command = new Command("connections", "Connections to one gateway; each sends at the start and at the end, some all the while. Fails if one request does.") { open, active, seconds };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await Shell.InstallPeersAsync(cancellationToken);
            using var upstream = await Upstream.StartAsync(cancellationToken);
            await using var gateway = await MeasuredGateway.StartAsync("gateway", await MeasuredGateway.ExecutableAsync(cancellationToken), upstream, 1, cancellationToken);
            var clients = await ConnectAsync(gateway.Peer.Url.Port, parsed.GetValue(open), cancellationToken);
            var rounds = new List<bool[]> { await OnceEachAsync(clients) };
            rounds.AddRange(await Task.WhenAll(clients.Take(parsed.GetValue(active)).Select(client => SendForAsync(client, TimeSpan.FromSeconds(parsed.GetValue(seconds))))));
            rounds.Add(await OnceEachAsync(clients));
            var failures = rounds.Sum(round => round.Count(succeeded => !succeeded));
            Console.WriteLine(
                $"{clients.Count} connections open, {parsed.GetValue(active)} active: {rounds.Sum(round => round.Length)} requests, {failures} failures, {gateway.Peer.Memory / 1048576} MB");
            clients.ForEach(client => client.Dispose());
            return failures == 0 ? 0 : 1;
        });
        return command;
    }

    private static async Task<List<Socket>> ConnectAsync(int port, int count, CancellationToken cancellationToken)
    {
        var clients = new List<Socket>(count);
        while (clients.Count < count)
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
            clients.Add(client);
        }

        return clients;
    }

    /// <summary>In groups: how many connections the upstream bears is not what is measured.</summary>
    private static async Task<bool[]> OnceEachAsync(List<Socket> clients)
    {
        var all = new List<bool>(clients.Count);
        foreach (var group in clients.Chunk(200))
        {
            all.AddRange(await Task.WhenAll(group.Select(SucceedsAsync)));
        }

        return [.. all];
    }

    private static async Task<bool[]> SendForAsync(Socket client, TimeSpan time)
    {
        var (all, started) = (new List<bool>(), TimeProvider.System.GetTimestamp());
        while (TimeProvider.System.GetElapsedTime(started) < time)
        {
            all.Add(await SucceedsAsync(client));
        }

        return [.. all];
    }

    /// <summary>True for an answer of 200 with the upstream's body, which is framed by its length or as the last chunk.</summary>
    private static async Task<bool> SucceedsAsync(Socket client)
    {
        var (buffer, text) = (new byte[1024], "");
        try
        {
            await client.SendAsync(Request);
            while (!text.EndsWith("\r\nok", StringComparison.Ordinal) && !text.EndsWith("ok\r\n0\r\n\r\n", StringComparison.Ordinal))
            {
                var read = await client.ReceiveAsync(buffer);
                text += Encoding.ASCII.GetString(buffer, 0, read);
                if (read == 0 || !text.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
                {
                    return false;
                }
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
