using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace TokenGateway.Testing;

/// <summary>One process of a <see cref="RedisTopology"/>, which can be killed, restarted, frozen and asked.</summary>
public sealed class RedisNode : IAsyncDisposable
{
    private readonly string[] _command;
    private readonly DirectoryInfo _folder;
    private Process? _process;

    private RedisNode(int port, DirectoryInfo folder, string[] command)
    {
        Port = port;
        _folder = folder;
        _command = command;
    }

    public int Port { get; }

    private string Saved => _folder.FullName + ".saved";

    public string PortText => Port.ToString(CultureInfo.InvariantCulture);

    public string Address => "127.0.0.1:" + PortText;

    public static Task<RedisNode> StartAsync(params string[] arguments)
    {
        var (port, folder) = Place();
        string[] own = ["--bind", "127.0.0.1", "--port", Text(port), "--dir", folder.FullName, "--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"];
        return StartAsync(new RedisNode(port, folder, [Executable("redis-server", "redis-server"), .. own, .. RedisServer.Durable, .. arguments]));
    }

    public static Task<RedisNode> StartSentinelAsync(RedisNode primary)
    {
        var (port, folder) = Place();
        var file = Path.Combine(folder.FullName, "sentinel.conf");
        File.WriteAllText(file, $"""
            bind 127.0.0.1
            port {port}
            dir {folder.FullName}
            sentinel monitor main 127.0.0.1 {primary.Port} 2
            sentinel down-after-milliseconds main 500
            sentinel failover-timeout main 3000

            """);
        return StartAsync(new RedisNode(port, folder, [Executable("redis-sentinel", "redis-sentinel"), file]));
    }

    /// <summary>Runs a tool to its end, and answers what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<string> RunAsync(string[] command, string package = "redis-tools")
    {
        using var process = Start([Executable(command[0], package), .. command[1..]]);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"{command[0]} failed: {output}");
    }

    public async Task RestartAsync()
    {
        _process = Start(_command);
        ProcessWatch.Host.Begin(_process);
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        await EventuallyAsync(answer => answer == "PONG", "PING");
    }

    /// <summary>Ends it at once, as a crash would.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync();
            ProcessWatch.Host.End(process);
            process.Dispose();
        }
    }

    /// <summary>Keeps a copy of what a killed one has on its disk.</summary>
    public void Save() => CopyFolder(_folder.FullName, Saved);

    /// <summary>Gives a killed one its copy back: it loses what it has acknowledged since.</summary>
    public void GoBack()
    {
        Forget();
        CopyFolder(Saved, _folder.FullName);
    }

    /// <summary>Removes all that a killed one has on its disk, so that another server starts at its address.</summary>
    public void Forget()
    {
        _folder.Delete(recursive: true);
        _folder.Create();
    }

    /// <summary>Stops it as a frozen machine would: connections stay open, and nothing answers.</summary>
    public Task FreezeAsync() => RunAsync(["kill", "-STOP", Text(_process!.Id)], "procps");

    public Task ThawAsync() => RunAsync(["kill", "-CONT", Text(_process!.Id)], "procps");

    /// <summary>One command, over a connection of its own; each part of the answer is a line.</summary>
    public Task<string> AskAsync(params string[] command) => RunAsync(["redis-cli", "-h", "127.0.0.1", "-p", PortText, .. command]);

    public Task EventuallyAsync(string fragment, params string[] command) =>
        EventuallyAsync(answer => answer.Contains(fragment, StringComparison.Ordinal), command);

    /// <summary>Asks until the answer is as wanted, for at most 30 s.</summary>
    public async Task EventuallyAsync(Func<string, bool> isWanted, params string[] command)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        while (!await IsWantedAsync())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }

        async Task<bool> IsWantedAsync()
        {
            try
            {
                return isWanted(await AskAsync(command));
            }
            catch (InvalidOperationException) when (_process?.HasExited == false)
            {
                return false;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Delete(recursive: true);
        if (Directory.Exists(Saved))
        {
            Directory.Delete(Saved, recursive: true);
        }
    }

    private static async Task<RedisNode> StartAsync(RedisNode node)
    {
        try
        {
            await node.RestartAsync();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    // A Cluster's nodes talk on a second port, 10,000 higher. Both lie below those that the system gives to outgoing connections, which would take one in between.
    private static (int Port, DirectoryInfo Folder) Place()
    {
        int port;
        do
        {
            port = RandomNumberGenerator.GetInt32(12_000, 22_000);
        }
        while (!Ports.IsFree(port) || !Ports.IsFree(port + 10_000));
        return (port, Directory.CreateTempSubdirectory("tokengateway-redis-"));
    }

    private static string Executable(string name, string package) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"This test needs {name}, which is not on the PATH: install it (Debian: apt-get install {package}).");

    private static Process Start(string[] command)
    {
        var start = new ProcessStartInfo(command[0]) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
