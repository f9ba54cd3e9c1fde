using System.Diagnostics;
using System.Globalization;
using System.Net;
using TokenGateway.Faults.Network;
using TokenGateway.Faults.Processes;

namespace TokenGateway.Faults.Redis;

/// <summary>One <c>redis-server</c> or <c>redis-sentinel</c>, with its data in a folder of its own, and a proxy before it that everybody else uses.</summary>
internal sealed class RedisNode : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(20);

    private readonly string _folder;
    private readonly string _executable;
    private readonly FaultProxy _proxy;
    private readonly FaultProxy? _busProxy;
    private ServerProcess? _process;

    public RedisNode(string name, string folder, string executable, IPAddress source, FaultNetwork network, ILinkTap tap, bool isClustered = false)
    {
        (Name, _folder, _executable, Source) = (name, folder, executable, source);
        Directory.CreateDirectory(folder);
        network.Name(source, name);
        Port = FreePort.Next();
        _proxy = new FaultProxy(network, name, () => Port, link => Pump.RunAsync(network, link, tap));
        if (isClustered)
        {
            BusPort = FreePort.Next();
            _busProxy = new FaultProxy(network, name, () => BusPort, link => Pump.RunAsync(network, link, NoTap.Instance));
        }
    }

    public string Name { get; }

    /// <summary>The address from which it calls others.</summary>
    public IPAddress Source { get; }

    /// <summary>Its own port, which only the harness uses.</summary>
    public int Port { get; }

    public int BusPort { get; }

    /// <summary>The port that everybody else uses.</summary>
    public int PublicPort => _proxy.Port;

    public int PublicBusPort => _busProxy?.Port ?? 0;

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Writes its configuration file, which it rewrites itself later on.</summary>
    public void Configure(params string[] lines) => File.WriteAllLines(
        Path.Combine(_folder, "redis.conf"),
        [
            "bind 127.0.0.1", $"bind-source-addr {Source}", "protected-mode no", $"dir {_folder}",
            string.Create(CultureInfo.InvariantCulture, $"port {Port}"), .. lines,
        ]);

    /// <summary>Starts it, and waits until it answers.</summary>
    public async Task StartAsync()
    {
        _process = ServerProcess.Start(new ProcessStartInfo(_executable, [Path.Combine(_folder, "redis.conf")]), Path.Combine(_folder, "redis.log"));
        var start = Clock.Timestamp;
        while (true)
        {
            try
            {
                await RedisCall.SendAsync(Port, "PING");
                return;
            }
            catch (IOException error) when (Clock.Since(start) < StartTime && !_process.HasExited)
            {
                _ = error;
                await Clock.Delay(TimeSpan.FromMilliseconds(10));
            }
        }
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
        }
    }

    public Task<string> CallAsync(params string[] command) => RedisCall.SendAsync(Port, command);

    /// <summary>Whether it takes writes; false where it cannot be asked.</summary>
    public async Task<bool> IsMasterAsync() => (await InfoAsync("replication")).Contains("role:master", StringComparison.Ordinal);

    /// <summary>A section of INFO; empty where it cannot be asked.</summary>
    public async Task<string> InfoAsync(string section)
    {
        try
        {
            return IsRunning ? await CallAsync("INFO", section) : "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await _proxy.DisposeAsync();
        await (_busProxy?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
