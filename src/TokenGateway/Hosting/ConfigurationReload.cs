using Microsoft.Extensions.Primitives;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Hosting;

/// <summary>
/// Brings a changed configuration into force while requests flow: it is checked as a whole, as <c>check</c> would, and then reaches the engine first, the routes second. A bad
/// one changes nothing, and shows in health and log.
/// </summary>
/// <param name="source">The sources, which reload by themselves.</param>
/// <param name="commandLine">The settings among them that the command line gave.</param>
/// <param name="accepted">What is in force.</param>
/// <param name="health">Learns of what is refused.</param>
/// <param name="host">What the settings are brought into force in.</param>
/// <param name="logger">The log.</param>
internal sealed partial class ConfigurationReload(
    IConfigurationRoot source, IReadOnlyList<string> commandLine, AcceptedConfiguration accepted, ConfigurationHealth health,
    GatewayHost host, ILogger logger) : IAsyncDisposable
{
    /// <summary>Key files do not announce their changes; nor would a change that was refused for a missing file be looked at again.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly IReadOnlyDictionary<string, string?> _started = ConfigurationChange.ReadAtStart(accepted.Values);
    private IDisposable? _subscription;
    private Task _loop = Task.CompletedTask;

    public void Start(TimeProvider time)
    {
        _subscription = ChangeToken.OnChange(source.GetReloadToken, Wake);
        Wake(); // Nobody was told of what has changed since it was read for the start.
        _loop = FollowAsync(time);
    }

    /// <summary>Ends when nothing is being changed any more.</summary>
    public async ValueTask DisposeAsync()
    {
        _subscription?.Dispose();
        await _stopping.CancelAsync();
        await _loop;
    }

    private void Wake()
    {
        try
        {
            _changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    private async Task FollowAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var (tick, wake) = (timer.WaitForNextTickAsync().AsTask(), _changed.WaitAsync(_stopping.Token));
        while (!_stopping.IsCancellationRequested)
        {
            var first = await Task.WhenAny(tick, wake);
            var isChanged = wake.IsCompleted;
            tick = tick.IsCompleted ? timer.WaitForNextTickAsync().AsTask() : tick;
            wake = isChanged && !_stopping.IsCancellationRequested ? _changed.WaitAsync(_stopping.Token) : wake;
            if (!first.IsCanceled)
            {
                await LookAsync(isChanged);
            }
        }
    }

    private async Task LookAsync(bool isChanged)
    {
        try
        {
            if (!isChanged && health.SettingsProblem is null)
            {
                host.RereadKeys();
                return;
            }

            var wanted = AcceptedConfiguration.Copy(source);
            var change = ConfigurationChange.Between(accepted.Values, wanted);
            if (change.Keys.Count == 0 && health.SettingsProblem is null)
            {
                host.RereadKeys();
                return;
            }

            await AcceptAsync(wanted, change);
        }
        catch (StartupException e)
        {
            Refuse(string.Join(" ", e.Errors));
        }
        catch (Exception e)
        {
            // A defect, or a file that went between two reads: what is in force stays, and it is looked at again.
            Refuse(e.Message);
        }
    }

    private async Task AcceptAsync(Dictionary<string, string?> wanted, ConfigurationChange change)
    {
        var settings = await ConfigurationCheck.ReadAsync(source, commandLine);
        if (change.Keys.Count > 0)
        {
            await host.ApplyAsync(settings, change.ChangedCredentials);
            accepted.Accept(wanted);
            ConfigurationReloadLog.Applied(logger, string.Join(", ", change.Keys.Order(StringComparer.OrdinalIgnoreCase)));
        }

        health.SettingsProblem = null;
        var restart = ConfigurationChange.Between(_started, wanted).NeedRestart;
        var news = change.NeedRestart.Intersect(restart, StringComparer.OrdinalIgnoreCase).ToList(); // Not what is again as it was at the start.
        if (news.Count > 0)
        {
            ConfigurationReloadLog.NeedsRestart(logger, string.Join(", ", news));
        }

        health.NeedsRestart = restart.Count > 0 ? string.Join(", ", restart) : null;
    }

    private void Refuse(string problem)
    {
        if (health.SettingsProblem != problem)
        {
            health.SettingsProblem = problem;
            ConfigurationReloadLog.Refused(logger, problem);
        }
    }

    private static partial class ConfigurationReloadLog
    {
        [LoggerMessage(EventIds.ConfigurationApplied, LogLevel.Information, "The changed configuration is in force; changed: {Keys}")]
        public static partial void Applied(ILogger logger, string keys);

        [LoggerMessage(EventIds.ConfigurationRefused, LogLevel.Error, "The changed configuration is refused and the one before it stays in force: {Problem}")]
        public static partial void Refused(ILogger logger, string problem);

        [LoggerMessage(EventIds.ConfigurationNeedsRestart, LogLevel.Warning, "These changed settings come into force at the next start only: {Keys}")]
        public static partial void NeedsRestart(ILogger logger, string keys);
    }
}
