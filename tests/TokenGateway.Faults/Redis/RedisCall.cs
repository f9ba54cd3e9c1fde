using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TokenGateway.Faults.Redis;

/// <summary>One command to one server on a connection of its own: what setting up and watching servers needs, whatever state they are in.</summary>
internal static class RedisCall
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    /// <returns>The answer as text; of an array, one element a line.</returns>
    /// <exception cref="IOException">The server cannot be reached, does not answer, or answers with an error.</exception>
    public static async Task<string> SendAsync(int port, params string[] command)
    {
        try
        {
            using var bound = new CancellationTokenSource(Bound, TimeProvider.System);
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, bound.Token);
            await using var stream = client.GetStream();
            var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{command.Length}\r\n");
            foreach (var word in command)
            {
                text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
            }

            await stream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), bound.Token);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return await ReadAsync(reader, bound.Token);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            throw new IOException($"Redis on port {port} does not answer {command[0]}.", error);
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var line = await reader.ReadLineAsync(cancellationToken) ?? throw new IOException("Redis hung up.");
        switch (line[0])
        {
            case '-':
                throw new IOException($"Redis refused: {line[1..]}");
            case '*':
                var elements = new List<string>();
                for (var left = int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture); left > 0; left--)
                {
                    elements.Add(await ReadAsync(reader, cancellationToken));
                }

                return string.Join('\n', elements);
            case '$' when line != "$-1":
                var text = new char[int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture)];
                await reader.ReadBlockAsync(text, cancellationToken);
                await reader.ReadLineAsync(cancellationToken);
                return new string(text);
            default:
                return line[1..];
        }
    }
}
