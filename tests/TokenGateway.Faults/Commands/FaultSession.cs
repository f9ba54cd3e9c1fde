using System.Globalization;
using TokenGateway.Faults.Faults;
using TokenGateway.Faults.Fleet;
using TokenGateway.Faults.Processes;
using TokenGateway.Faults.Report;
using TokenGateway.Faults.Shim;
using TokenGateway.Testing;

namespace TokenGateway.Faults.Commands;

/// <summary>One run: its folder, its fleets and its report. Whatever it started is ended with it.</summary>
internal sealed class FaultSession : IAsyncDisposable
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);

    private readonly RunLog _log;
    private readonly FleetSite _site;
    private readonly long _started = Clock.Timestamp;
    private readonly List<GatewayFleet> _fleets = [];
    private readonly PosixTermination _termination;
    private bool _isReported;

    private FaultSession(string folder, RunLog log, FleetSite site, PosixTermination termination) =>
        (Folder, _log, _site, _termination) = (folder, log, site, termination);

    public string Folder { get; }

    public RunStatistics Statistics { get; } = new();

    public IReadOnlyList<GatewayFleet> Fleets => _fleets;

    public IReadOnlyList<string> Violations => [.. _fleets.SelectMany(fleet => fleet.Judge.Violations).Select(finding => finding.What)];

    public CancellationToken Stopping => _termination.Asked;

    public static async Task<FaultSession> BeginAsync(int seed, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Clock.Now:yyyyMMdd-HHmmss}-{seed}");
        var folder = RepositoryFile.PathOf(Path.Combine("artifacts", "faults", name));
        Directory.CreateDirectory(folder);
        Console.WriteLine($"seed {seed}, logs in {folder}");
        var shim = await FaultShim.CompileAsync(folder, cancellationToken);
        var log = new RunLog(folder);
        return new FaultSession(folder, log, new FleetSite(folder, GatewayExecutable.Find(), shim, log), new PosixTermination(cancellationToken));
    }

    public async Task StartAsync(IEnumerable<FleetOptions> options)
    {
        foreach (var one in options)
        {
            _fleets.Add(await GatewayFleet.StartAsync(one, _site, Stopping));
            Console.WriteLine($"{Elapsed()} {one.Name} is up: {one.Gateways} gateways, {one.Credentials} credentials, {one.ReusePolicy}");
        }
    }

    /// <summary>Takes every fleet through its faults at the same time.</summary>
    public async Task RunAsync(FaultPace pace, Func<bool> isOver)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Stopping);
        var progress = ProgressAsync(done.Token);
        try
        {
            await Task.WhenAll(_fleets.Select(fleet => new FaultRunner(fleet, pace.Share(fleet.Options.Part), Statistics).RunAsync(isOver, Stopping)));
            foreach (var fleet in _fleets)
            {
                await fleet.QuiesceAsync();
            }
        }
        finally
        {
            await done.CancelAsync();
            await progress;
        }
    }

    /// <summary>Prints what went wrong, with what led to it, and what was measured.</summary>
    /// <returns>Whether nothing went wrong.</returns>
    public bool Report(bool markdown)
    {
        foreach (var finding in _fleets.SelectMany(fleet => fleet.Judge.Violations).Take(3))
        {
            Console.WriteLine($"\n{finding.What}; what led to it:");
            Console.WriteLine(string.Join('\n', finding.Sequence));
        }

        Console.WriteLine();
        Console.WriteLine(RunReport.Of(Statistics, _fleets, Clock.Since(_started), markdown));
        var slow = RunStatistics.Percentile(Statistics.Samples.Where(sample => !sample.InDoubt), 0.99);
        if (slow > Timing.RecoveryLimit)
        {
            Console.WriteLine($"SLOW: without a doubt, the p99 of recovery is {slow.TotalSeconds:F1} s, above {Timing.RecoveryLimit.TotalSeconds:F0} s");
        }

        foreach (var violation in Violations)
        {
            Console.WriteLine($"VIOLATION {violation}");
        }

        _isReported = true;
        return Violations.Count == 0 && slow <= Timing.RecoveryLimit;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var fleet in _fleets)
        {
            await fleet.DisposeAsync();
        }

        await ServerProcess.EndAllAsync();
        _log.Dispose();
        _termination.Dispose();
        if (_isReported && Violations.Count == 0)
        {
            foreach (var fleet in _fleets)
            {
                Directory.Delete(fleet.Folder, recursive: true);
            }
        }
    }

    private async Task ProgressAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ProgressInterval, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                Console.WriteLine($"{Elapsed()} {RunReport.Line(Statistics, _fleets)}");
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private string Elapsed() => $"[{Clock.Since(_started):hh\\:mm\\:ss}]";
}
