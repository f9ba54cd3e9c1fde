using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using TokenGateway.Hosting;
using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Security;

/// <summary>A Unix socket is a listener that only one user of the machine can reach.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class UnixSocketTests : IDisposable
{
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder = Directory.CreateTempSubdirectory("tg-").FullName;

    private string Proxy => Path.Combine(_folder, "proxy.sock");

    private string Management => Path.Combine(_folder, "management.sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Both_listeners_serve_their_owner_only()
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);

        Assert.Equal(OwnersOnly, File.GetUnixFileMode(Proxy));
        Assert.Equal(OwnersOnly, File.GetUnixFileMode(Management));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(Proxy, "http://some-name/plum/a"));
        Assert.Equal(["Bearer access_token_of_plum"], Assert.Single(upstream.Requests).Values("Authorization"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(Management, "http://localhost/api/credentials"));
    }

    [Fact]
    public async Task Socket_that_a_crash_left_is_no_obstacle()
    {
        LeaveStale(Proxy);
        LeaveStale(Management);
        await using var upstream = new RawUpstream();
        await using var gateway = await StartAsync(upstream);

        Assert.Equal(HttpStatusCode.OK, await AskAsync(Proxy, "http://some-name/plum/a"));
    }

    [Fact]
    public async Task Socket_in_use_is_left_to_its_owner()
    {
        await using var upstream = new RawUpstream();
        await using var first = await StartAsync(upstream);

        var error = await Assert.ThrowsAsync<StartupException>(() => StartAsync(upstream));

        Assert.Contains("another process listens there, or the file is no socket: end that process, or move the file", error.Message, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(Proxy, "http://some-name/plum/a"));
    }

    [Fact]
    public async Task File_that_is_no_socket_is_left_alone()
    {
        await File.WriteAllTextAsync(Proxy, "precious");
        await using var upstream = new RawUpstream();

        var error = await Assert.ThrowsAsync<StartupException>(() => StartAsync(upstream));

        Assert.StartsWith($"Urls binds http://unix:{Proxy}, ", error.Message, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(Proxy));
    }

    private Task<RunningGateway> StartAsync(RawUpstream upstream)
    {
        var values = RunningGateway.Routes(upstream.Url, "plum");
        values["Urls"] = $"http://unix:{Proxy}";
        values["TokenGateway:Management:Url"] = $"http://unix:{Management}";
        return RunningGateway.StartAsync(values, new ScriptedTokens("plum"));
    }

    /// <summary>A file like that of a process that was killed: bound once, and nobody listens.</summary>
    private static void LeaveStale(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        File.Move(path, path + "-kept"); // Disposing of the socket deletes its file.
        socket.Dispose();
        File.Move(path + "-kept", path);
    }

    private static async Task<HttpStatusCode> AskAsync(string socket, string uri)
    {
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
                return new NetworkStream(connection, ownsSocket: true);
            },
        });
        using var answer = await client.GetAsync(new Uri(uri));
        return answer.StatusCode;
    }
}
