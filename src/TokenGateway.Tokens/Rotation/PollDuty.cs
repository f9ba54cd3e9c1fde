using Microsoft.Extensions.Logging;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Rotation;

/// <summary>
/// Meets the store at start and every <c>Store:PollInterval</c>: announcements can be lost, and a store can forget. While a pair is not yet
/// committed it comes more often, for as long as the process lives.
/// </summary>
internal sealed partial class PollDuty(
    CredentialSettings settings, EngineContext engine, CredentialMemory memory, Reconciler reconciler, SeedDuty seeds, MonotonicClock clock)
{
    private static readonly TimeSpan CommitInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Polls fall on multiples of it, so that a process with many credentials wakes once for all that are due, not once for each.</summary>
    private static readonly TimeSpan Grid = TimeSpan.FromMilliseconds(250);

    private readonly ILogger _logger = engine.LoggerOf<PollDuty>();
    private TimeSpan _lastAt = TimeSpan.MinValue;
    private string? _reported;
    private volatile bool _hastened;

    public TimeSpan Delay()
    {
        if (_lastAt == TimeSpan.MinValue || _hastened)
        {
            return TimeSpan.Zero;
        }

        var poll = engine.StoreSettings.PollInterval;
        var interval = memory.View is { Uncommitted: true } or { Untold: true } && CommitInterval < poll ? CommitInterval : poll;
        var delay = _lastAt + interval - clock.Now;
        return interval > Grid ? OnGrid(delay) : delay;
    }

    /// <summary>A peer is behind us, or the store was away: what it lost must be healed before anybody trusts it.</summary>
    public void Hasten() => _hastened = true;

    /// <summary>Another server may have taken over, which has forgotten what the last one knew.</summary>
    public void MeetAnew()
    {
        memory.Update(view => view with { MetSince = null });
        Hasten();
    }

    public async Task RunAsync()
    {
        _hastened = false;
        try
        {
            if (await reconciler.ReconcileAsync(CancellationToken.None) is null)
            {
                seeds.StoreIsEmpty();
            }
            else
            {
                seeds.StoreIsNotKnownEmpty();
            }

            NoteMet();
            reconciler.Repairs.Fade();
            NoteStoreIsBack();
        }
        catch (StoreUnavailableException error)
        {
            seeds.StoreIsNotKnownEmpty();
            NoteProblem(StoreObstacle.Unreachable, TokenFailureCode.StoreUnavailable, error.Message);
        }
        catch (UnreadableRecordException error)
        {
            NoteProblem(StoreObstacle.Unreadable, TokenFailureCode.TokenUnavailable, $"{error.Message} Credential {settings.Name} is neither rotated nor reseeded meanwhile.");
        }
        finally
        {
            _lastAt = clock.Now;
            memory.Update(view => view.Loaded ? view : view with { Loaded = true });
        }
    }

    private TimeSpan OnGrid(TimeSpan delay)
    {
        var over = (engine.Time.GetElapsedTime(0) + delay).Ticks % Grid.Ticks;
        return over == 0 ? delay : delay + TimeSpan.FromTicks(Grid.Ticks - over);
    }

    private void NoteMet()
    {
        if (memory.View is not { Untold: false, MetSince: not null, Obstacle: null })
        {
            memory.Update(view => view with { Untold = false, MetSince = view.MetSince ?? clock.Now, Obstacle = null });
        }
    }

    private void NoteStoreIsBack()
    {
        // A rotation may have met the same outage, and found other words for it.
        var reported = _reported;
        _reported = null;
        if (memory.View.Setback is { } setback && (setback.Code == TokenFailureCode.StoreUnavailable || setback.Message == reported))
        {
            Forget(setback);
        }
    }

    private void Forget(Setback setback) => memory.Update(view => view.Setback == setback ? view with { Setback = null } : view);

    private void NoteProblem(StoreObstacle obstacle, TokenFailureCode code, string problem)
    {
        if (_reported != problem)
        {
            PollDutyLog.Problem(_logger, settings.Name, problem);
        }

        _reported = problem;
        var retryAt = clock.Now + engine.StoreSettings.PollInterval;
        memory.Update(view => view with { Setback = new Setback(code, problem, retryAt), MetSince = null, Obstacle = obstacle });
    }

    private static partial class PollDutyLog
    {
        [LoggerMessage(EventIds.StoreProblem, LogLevel.Warning, "The store gives no record of credential {Credential}: {Problem}")]
        public static partial void Problem(ILogger logger, string credential, string problem);
    }
}
