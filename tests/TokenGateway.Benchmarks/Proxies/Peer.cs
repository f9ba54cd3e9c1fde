using System.Diagnostics;
using System.Globalization;

namespace TokenGateway.Benchmarks.Proxies;

/// <summary>One proxy under measurement, as a process of its own.</summary>
internal sealed class Peer : IDisposable
{
    private const double TicksPerSecond = 100; // Of the kernel's accounting, on every Linux.
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private Peer(string name, Uri url, Process process) => (Name, Url, _process) = (name, url, process);

    /// <summary>Bytes that its garbage collector has handed out so far; null where there is none to ask.</summary>
    public Func<CancellationToken, Task<double>>? Allocated { get; init; }

    public string Name { get; }

    public Uri Url { get; }

    /// <summary>From the start of the process to its first answer of 200.</summary>
    public TimeSpan StartedIn { get; private set; }

    /// <summary>Resident memory in bytes.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>CPU time that it has used so far, in seconds.</summary>
    public double CpuSeconds
    {
        get
        {
            // After the name in parentheses: state is field 3, utime and stime are 14 and 15 (proc(5)).
            var fields = File.ReadAllText($"/proc/{_process.Id}/stat").Split(") ")[^1].Split(' ');
            return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
    }

    /// <summary>Starts it and waits for its first answer.</summary>
    public static async Task<Peer> StartAsync(string name, int port, string program, IEnumerable<string> arguments, CancellationToken cancellationToken,
        Func<CancellationToken, Task<double>>? allocated = null, IReadOnlyList<KeyValuePair<string, string>>? environment = null)
    {
        var url = new Uri($"http://127.0.0.1:{port}");
        var started = TimeProvider.System.GetTimestamp();
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (variable, value) in environment ?? [])
        {
            start.Environment[variable] = value;
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var peer = new Peer(name, url, process) { Allocated = allocated };
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        while (!await AnswersAsync(client, new Uri(url, "/plain/small"), cancellationToken))
        {
            if (process.HasExited || TimeProvider.System.GetElapsedTime(started) > StartTime)
            {
                peer.Dispose();
                throw new InvalidOperationException($"{name} does not answer.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancellationToken);
        }

        peer.StartedIn = TimeProvider.System.GetElapsedTime(started);
        return peer;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static async Task<bool> AnswersAsync(HttpClient client, Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.GetAsync(url, cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
