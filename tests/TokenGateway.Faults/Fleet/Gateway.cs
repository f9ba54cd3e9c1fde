using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using TokenGateway.Faults.Processes;
using TokenGateway.Faults.Report;
using TokenGateway.Faults.Shim;

namespace TokenGateway.Faults.Fleet;

/// <summary>One gateway through all its crashes: a folder of its own, with its journal, and a process at a time.</summary>
internal sealed partial class Gateway : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(20);

    private readonly string _executable;
    private readonly string _shim;
    private readonly IPAddress _source;
    private readonly FleetLog _log;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(5) };
    private ServerProcess? _process;
    private ImmutableList<Absence> _absences = [];
    private int _claimed;

    public Gateway(string name, string folder, IPAddress source, string executable, string shim, FleetLog log)
    {
        (Name, Folder, _source, _executable, _shim, _log) = (name, folder, source, executable, shim, log);
        Directory.CreateDirectory(Journal);
        Control = new JournalControl(Path.Combine(folder, "control"));
    }

    public string Name { get; }

    public string Folder { get; }

    public string Journal => Path.Combine(Folder, "journal");

    public JournalControl Control { get; }

    public int Boot { get; private set; }

    public Uri? Proxy { get; private set; }

    private Uri? Management { get; set; }

    public IReadOnlyList<Absence> Absences => _absences;

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>True while it runs and is not suspended: then it must answer.</summary>
    public bool MustAnswer => IsRunning && Proxy is not null && !_absences.Exists(absence => absence is { Until: null, Why: Absence.Stopped });

    /// <summary>Takes it for one fault, so that no other one meddles; false where it is taken.</summary>
    public bool TryClaim() => Interlocked.Exchange(ref _claimed, 1) == 0;

    public void Release() => Volatile.Write(ref _claimed, 0);

    public void Configure(string configuration) => File.WriteAllText(Path.Combine(Folder, "appsettings.json"), configuration);

    /// <summary>Starts the process and waits until it listens.</summary>
    public async Task StartAsync()
    {
        Control.Fault = JournalFault.None;
        Proxy = null;
        var start = new ProcessStartInfo(_executable, ["run", "--config", Path.Combine(Folder, "appsettings.json")]) { WorkingDirectory = Folder };
        start.Environment["LD_PRELOAD"] = _shim;
        start.Environment["FAULTS_JOURNAL"] = Journal;
        start.Environment["FAULTS_CONTROL"] = Control.Path;
        start.Environment["FAULTS_SOURCE"] = _source.ToString();
        start.Environment["DOTNET_gcServer"] = "0";
        var listening = new TaskCompletionSource<Match>(TaskCreationOptions.RunContinuationsAsynchronously);
        var printed = new ConcurrentQueue<string>();
        Boot++;
        _process = ServerProcess.Start(start, Path.Combine(Folder, "gateway.log"), line =>
        {
            printed.Enqueue(line);
            if (StartLine().Match(line) is { Success: true } match)
            {
                listening.TrySetResult(match);
            }
        });
        if (await Task.WhenAny(listening.Task, _process.Exited, Clock.Delay(StartTime)) != listening.Task)
        {
            var how = _process.HasExited ? "ended" : $"did not listen within {StartTime}";
            throw new InvalidOperationException($"{Name} {how}; see {Folder}/gateway.log. It said: {string.Join(" | ", printed.TakeLast(5))}");
        }

        var started = await listening.Task;
        Proxy = new Uri(started.Groups["proxy"].Value);
        Management = new Uri(started.Groups["management"].Value);
        EndAbsence(Absence.Killed);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (IsRunning)
        {
            BeginAbsence(Absence.Killed);
            await _process!.KillAsync();
        }

        await GoneAsync();
    }

    /// <summary>Waits until the shim has killed it; false where that does not happen in time.</summary>
    public async Task<bool> DiesAsync(TimeSpan atMost)
    {
        if (await Task.WhenAny(_process!.Exited, Clock.Delay(atMost)) != _process.Exited)
        {
            return false;
        }

        BeginAbsence(Absence.Killed);
        await GoneAsync();
        return true;
    }

    public void Suspend()
    {
        BeginAbsence(Absence.Stopped);
        _process?.Suspend();
    }

    public void Resume()
    {
        _process?.Resume();
        EndAbsence(Absence.Stopped);
    }

    public void BeginAbsence(string why) => ImmutableInterlocked.Update(ref _absences, (list, absence) => list.Add(absence), new Absence(why, Clock.Timestamp, Boot));

    public void EndAbsence(string why)
    {
        foreach (var absence in _absences.Where(absence => absence.Why == why && absence.Until is null))
        {
            absence.Until = Clock.Timestamp;
        }
    }

    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken) => _client.GetAsync(new Uri(Proxy!, path), cancellationToken);

    /// <summary>The states of its credentials that are not healthy, or why it cannot be asked; empty when all is well.</summary>
    public async Task<IReadOnlyList<string>> AilmentsAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var ready = await _client.GetAsync(new Uri(Management!, "/readyz"), cancellationToken);
            using var answer = await _client.GetAsync(new Uri(Management!, "/healthz"), cancellationToken);
            using var health = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken);
            return [.. Ailments(health.RootElement), .. ready.IsSuccessStatusCode ? Array.Empty<string>() : ["not ready"]];
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or IOException or NullReferenceException)
        {
            return [$"cannot be asked ({error.GetType().Name})"];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ["does not answer"];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await GoneAsync();
        _client.Dispose();
        Control.Dispose();
    }

    private async Task GoneAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
            Control.Fault = JournalFault.None;
            _log.Write($"{Name} is gone");
        }
    }

    private static IEnumerable<string> Ailments(JsonElement health) =>
        from entry in health.GetProperty("entries").EnumerateObject()
        where entry.Value.GetProperty("status").GetString() != "Healthy"
        select $"{entry.Name} {State(entry.Value)}: {entry.Value.GetProperty("description").GetString()}";

    private static string? State(JsonElement entry) => entry.GetProperty("data").TryGetProperty("state", out var state) ? state.GetString() : null;

    [GeneratedRegex(@"TokenGateway proxies on (?<proxy>\S+) and is managed on (?<management>\S+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex StartLine();
}
