using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TokenGateway.Faults.Processes;

/// <summary>One start of a server: its output goes to a file, and it can be killed, stopped and continued. Every one that is left is ended with the harness.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private const int Stop = 19;
    private const int Continue = 18;

    private static readonly ConcurrentDictionary<ServerProcess, byte> Running = new();

    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly StreamWriter _log;

    private ServerProcess(Process process, StreamWriter log)
    {
        _process = process;
        _log = log;
        Exited = process.WaitForExitAsync();
    }

    /// <summary>Called with every line that it prints.</summary>
    public event Action<string>? Printed;

    public Task Exited { get; }

    public bool HasExited => _process.HasExited;

    public int Id => _process.Id;

    public static ServerProcess Start(ProcessStartInfo start, string log, Action<string>? printed = null)
    {
        start.UseShellExecute = false;
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var process = new Process { StartInfo = start };
        process.Start();
        var server = new ServerProcess(process, new StreamWriter(log, append: true));
        server.Printed += printed;
        Running[server] = 0;
        process.OutputDataReceived += (_, line) => server.Write(line.Data);
        process.ErrorDataReceived += (_, line) => server.Write(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Ends whatever still runs.</summary>
    public static async Task EndAllAsync()
    {
        foreach (var server in Running.Keys)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>SIGKILL: a crash. Returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await Exited;
    }

    /// <summary>SIGSTOP: a suspended machine.</summary>
    public void Suspend() => _ = kill(_process.Id, Stop);

    /// <summary>SIGCONT.</summary>
    public void Resume() => _ = kill(_process.Id, Continue);

    public async ValueTask DisposeAsync()
    {
        if (!Running.TryRemove(this, out _))
        {
            return;
        }

        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
        lock (_gate)
        {
            _log.Dispose();
        }
    }

    private void Write(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            if (_log.BaseStream is not null)
            {
                _log.WriteLine(line);
            }
        }

        Printed?.Invoke(line);
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int kill(int processId, int signal);
}
