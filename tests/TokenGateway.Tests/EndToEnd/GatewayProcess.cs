using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TokenGateway.Testing;

namespace TokenGateway.Tests.EndToEnd;

/// <summary>One gateway as a process of its own. Everything that it printed is kept for the tests that look for secrets or messages.</summary>
internal sealed partial class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(90); // Of a busy machine: only a gateway that never starts waits for it.
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource<(Uri Proxy, Uri Management)> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Func<string?> _configuredKey = () => null;

    private GatewayProcess(Process process) => _process = process;

    public Uri Proxy { get; private set; } = new("http://127.0.0.1:0");

    public Uri Management { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>The key of the management API as it was at the start; null where there is none.</summary>
    public string? ManagementKey { get; private set; }

    public HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    public string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>The most memory that it has had in use at a time, in bytes.</summary>
    public long PeakMemory
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>Starts a gateway that serves.</summary>
    public static async Task<GatewayProcess> StartAsync(string configurationFile, IReadOnlyDictionary<string, string>? environment = null)
    {
        var gateway = await StartAsync(Executable(environment, "run", "--config", configurationFile));
        gateway._configuredKey = () => KeyOf(configurationFile, environment);
        gateway.ManagementKey = gateway._configuredKey();
        return gateway;
    }

    /// <summary>Starts a gateway that serves, by a command of the test's own.</summary>
    public static async Task<GatewayProcess> StartAsync(ProcessStartInfo command)
    {
        var gateway = Launch(command);
        try
        {
            var ended = gateway._process.WaitForExitAsync();
            if (await Task.WhenAny(gateway._started.Task, ended).WaitAsync(StartTime, TimeProvider.System) == ended)
            {
                throw new InvalidOperationException($"The gateway ended with {gateway._process.ExitCode}:\n{gateway.Output}");
            }

            (gateway.Proxy, gateway.Management) = await gateway._started.Task;
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        await using var gateway = Launch(Executable(environment: null, arguments));
        await gateway._process.WaitForExitAsync().WaitAsync(StartTime, TimeProvider.System);
        return (gateway._process.ExitCode, gateway.Output);
    }

    public async Task<JsonElement> CredentialAsync(string name = "plum")
    {
        // While a key is being replaced, the gateway has either.
        using var first = await AskAsync(name, ManagementKey);
        using var second = first.StatusCode == HttpStatusCode.Unauthorized ? await AskAsync(name, _configuredKey()) : null;
        var answer = (second ?? first).EnsureSuccessStatusCode();
        return (await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync())).RootElement;
    }

    private async Task<HttpResponseMessage> AskAsync(string credential, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Management, $"/api/credentials/{credential}"));
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return await Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> GetAsync(string path = "/plum/things") => Client.GetAsync(new Uri(Proxy, path));

    /// <summary>Waits until the credential's status is as wanted, asking again every few milliseconds.</summary>
    public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> holds, TimeSpan? within = null)
    {
        using var bound = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(20), TimeProvider.System);
        while (true)
        {
            var status = await CredentialAsync();
            if (holds(status))
            {
                return status;
            }

            if (bound.IsCancellationRequested)
            {
                throw new TimeoutException($"The credential did not come into the wanted state: {status}\n{Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    public Task UntilActiveAsync() => UntilAsync(status => status.GetProperty("state").GetString() == "active" && status.GetProperty("fingerprint").ValueKind == JsonValueKind.String);

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        Signal(SignalNumber.Terminate);
        await _process.WaitForExitAsync().WaitAsync(StopTime, TimeProvider.System);
        return _process.ExitCode;
    }

    public void Signal(SignalNumber signal) => _ = kill(_process.Id, (int)signal);

    public int Id => _process.Id;

    /// <summary>A signal that the runtime does not catch, and at which the kernel writes a core file unless it may not.</summary>
    public async Task CrashAsync()
    {
        Signal(SignalNumber.BadSystemCall);
        await _process.WaitForExitAsync().WaitAsync(StopTime, TimeProvider.System);
    }

    /// <summary>SIGKILL: a crash.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        ProcessWatch.Host.End(_process);
        _process.Dispose();
        Client.Dispose();
    }

    private static string? KeyOf(string configurationFile, IReadOnlyDictionary<string, string>? environment)
    {
        var configured = JsonNode.Parse(File.ReadAllText(configurationFile))?["TokenGateway"]?[nameof(Management)];
        return environment?.GetValueOrDefault("TokenGateway__Management__ApiKey") ?? (string?)configured?["ApiKey"]
            ?? ((string?)configured?["ApiKeyFile"] is { } file ? File.ReadAllText(file).Trim() : null);
    }

    private static ProcessStartInfo Executable(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(GatewayExecutable.Path, arguments);
        start.Environment["DOTNET_gcServer"] = "0";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static GatewayProcess Launch(ProcessStartInfo start)
    {
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var process = new Process { StartInfo = start };
        var gateway = new GatewayProcess(process);
        process.OutputDataReceived += (_, line) => gateway.Read(line.Data);
        process.ErrorDataReceived += (_, line) => gateway.Read(line.Data);
        process.Start();
        ProcessWatch.Host.Begin(process);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return gateway;
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Add(line);
        }

        if (StartLine().Match(line) is { Success: true } match)
        {
            _started.TrySetResult((Reachable(match.Groups["proxy"].Value), Reachable(match.Groups["management"].Value)));
        }
    }

    /// <summary>A listener on every address is one on loopback too, and only that can be called.</summary>
    private static Uri Reachable(string address) =>
        new(address.Replace("[::]", "127.0.0.1", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));

    [GeneratedRegex(@"TokenGateway proxies on (?<proxy>\S+) and is managed on (?<management>\S+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex StartLine();

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int kill(int processId, int signal);
}

/// <summary>Signals by number.</summary>
internal enum SignalNumber
{
    Interrupt = 2,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
    BadSystemCall = 31,
}
