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
            using var upstream = await Upstream.StartAsync(cancellationToken);
            await using var gateway = await MeasuredGateway.StartAsync(upstream, 1, cancellationToken);
            var clients = new List<Socket>();
            for (var number = 0; number < parsed.GetValue(open); number++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, gateway.Peer.Url.Port), cancellationToken);
                clients.Add(socket);
            }

            var end = TimeProvider.System.GetTimestamp() + (parsed.GetValue(seconds) * TimeProvider.System.TimestampFrequency);
            var failures = await InBatchesAsync(clients);
            var sent = (await Task.WhenAll(clients.Take(parsed.GetValue(active)).Select(client => SendUntilAsync(client, end)))).Sum();
            failures += await InBatchesAsync(clients);
            Console.WriteLine($"{clients.Count} connections open, {parsed.GetValue(active)} active: {sent} requests, {failures} failures, {gateway.Peer.Memory / 1048576} MB");
            clients.ForEach(client => client.Dispose());
            return failures == 0 ? 0 : 1;

            // One after the other within a group: the upstream is not what is measured.
            async Task<int> InBatchesAsync(List<Socket> all)
            {
                var failed = 0;
                foreach (var batch in all.Chunk(200))
                {
                    failed += (await Task.WhenAll(batch.Select(SucceedsAsync))).Count(succeeded => !succeeded);
                }

                return failed;
            }

            async Task<int> SendUntilAsync(Socket client, long until)
            {
                var count = 0;
                while (TimeProvider.System.GetTimestamp() < until)
                {
                    failures += await SucceedsAsync(client) ? 0 : 1;
                    count++;
                }

                return count;
            }
        });
        return command;
    }

    private static async Task<bool> SucceedsAsync(Socket client)
    {
        var buffer = new byte[1024];
        await client.SendAsync(Request);
        var text = new StringBuilder();
        while (!text.ToString().EndsWith("ok", StringComparison.Ordinal) && !text.ToString().EndsWith("ok\r\n0\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await client.ReceiveAsync(buffer);
            if (read == 0)
            {
                return false;
            }

            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
            if (!text.ToString().StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
