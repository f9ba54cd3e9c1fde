using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TokenGateway.Testing;

/// <summary>A <c>redis-server</c> process on an ephemeral port of loopback, with a folder of its own.</summary>
internal sealed class RedisProcess : RedisServer
{
    private readonly string _executable;
    private readonly string[] _arguments;
    private readonly string _reason;
    private readonly int _port = Ports.Free();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokengateway-redis-");
    private Process? _process;

    private RedisProcess(string executable, string[] arguments, string reason)
    {
        _executable = executable;
        _arguments = arguments;
        _reason = reason;
    }

    /// <summary>The <c>redis-server</c> on the PATH, if any.</summary>
    public static string? Executable { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);

    public override string ConnectionString => $"127.0.0.1:{_port}";

    public override string Description => $"{_executable}, port {_port}{_reason}";

    public static async Task<RedisServer> StartAsync(string executable, string[] arguments, string reason)
    {
        var server = new RedisProcess(executable, arguments, reason);
        try
        {
            await server.RestartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public override async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        ProcessWatch.Host.End(_process);
        _process.Dispose();
        _process = null;
    }

    public override async Task RestartAsync()
    {
        var start = new ProcessStartInfo(_executable) { WorkingDirectory = _folder.FullName, UseShellExecute = false, RedirectStandardOutput = true };
        string[] own = ["--bind", "127.0.0.1", "--port", _port.ToString(CultureInfo.InvariantCulture), "--dir", _folder.FullName];
        foreach (var argument in (string[])[.. own, .. _arguments])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        ProcessWatch.Host.Begin(_process);
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        await AnswersAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }

        _folder.Delete(recursive: true);
    }

    private async Task AnswersAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, _port, limit.Token);
                return;
            }
            catch (SocketException) when (!_process!.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
            }
        }
    }
}
