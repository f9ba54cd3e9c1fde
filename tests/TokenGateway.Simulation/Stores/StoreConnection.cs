using TokenGateway.Simulation.Scheduling;
using TokenGateway.Simulation.World;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Simulation.Stores;

/// <summary>One process's view of the server over a network on which a command can be lost, its answer can be lost, or it is executed minutes later.</summary>
internal sealed class StoreConnection(StoreSite site, Process process) : ITokenStore
{
    private readonly Scheduler _scheduler = site.Scheduler;
    private readonly Chaos _chaos = site.Chaos;

    public event Action<string, StoredRecord>? Announced;

    public event Action? Reconnected;

    public bool MayForget => site.Plan.Store != StoreShape.Durable;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        site.Open(this);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => CallAsync("read", site.Server.List, cancellationToken);

    public Task<StoreSnapshot> ReadAsync(string credential, CancellationToken cancellationToken) =>
        CallAsync("read", () => site.Server[credential].SnapshotAt(site.Server.Now), cancellationToken);

    public Task<AcquireResult> AcquireAsync(string credential, LeaseRequest request, CancellationToken cancellationToken) =>
        CallAsync("acquire", () => site.Server.Acquire(credential, request), cancellationToken);

    public Task<bool> RenewAsync(string credential, string leaseId, TimeSpan duration, CancellationToken cancellationToken) =>
        CallAsync("renew", () => site.Server.Renew(credential, leaseId, duration), cancellationToken);

    public Task ReleaseAsync(string credential, string leaseId, CancellationToken cancellationToken) => CallAsync("release", () =>
    {
        site.Server.Release(credential, leaseId);
        return true;
    }, cancellationToken);

    public Task<WriteOutcome> WriteAsync(string credential, RecordWrite write, CancellationToken cancellationToken)
    {
        var header = StoreWatch.HeaderOf(write.Record);
        var purpose = site.Watch.PurposeOf(write, header);
        site.Begins(process, purpose);
        return CallAsync(purpose, () => site.Write(process, credential, write, header), cancellationToken);
    }

    public Task AppendHistoryAsync(string credential, ReadOnlyMemory<byte> entry, CancellationToken cancellationToken) => CallAsync("history", () =>
    {
        site.Server.Append(credential, entry);
        return true;
    }, cancellationToken);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadHistoryAsync(string credential, CancellationToken cancellationToken) =>
        CallAsync("read", () => site.Server[credential].History, cancellationToken);

    public ValueTask DisposeAsync()
    {
        site.Close(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>An announcement is on its way, unless it is lost.</summary>
    public void Announce(string credential, StoredRecord record)
    {
        if (site.Network.Reaches(process) && !_chaos.Script.LosesAnnouncement(process) && !_chaos.Strikes("announcement lost", site.Plan.StoreFault, process.Name))
        {
            _scheduler.After(Latency() * (_chaos.Strikes("announcement late", site.Plan.StoreFault, process.Name) ? 10_000 : 1), process, () => Announced?.Invoke(credential, record));
        }
    }

    public void Reconnect() => _scheduler.After(Latency(), process, () => Reconnected?.Invoke());

    private Task<T> CallAsync<T>(string name, Func<T> execute, CancellationToken cancellationToken)
    {
        _scheduler.GuardThread();
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var call = new StoreCall<T>(name, execute, new TaskCompletionSource<T>());
        if (process.State == ProcessState.Dead || !_chaos.Reach(process, "before " + name))
        {
            return call.Answer.Task; // Nobody waits for it any more.
        }

        cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<T>)state!).TrySetCanceled(token), call.Answer);
        _scheduler.After(site.Plan.StoreTimeout, process, () => Fail(call, "timeout"));
        if (_chaos.Script.HoldsStoreCall(process, name))
        {
            _chaos.Script.Held.Add(() => Execute(call, answers: false));
        }
        else
        {
            Send(call, FateOf(name));
        }

        return call.Answer.Task;
    }

    private CallFate FateOf(string name)
    {
        if (!_chaos.Enabled || !_chaos.Random.Chance(site.Plan.StoreFault * FaultPoints.WeightOf(name)))
        {
            return CallFate.Good;
        }

        var fate = (CallFate)(1 + _chaos.Random.Below(4));
        _chaos.Hit($"store {name} {Describe(fate)}", process.Name);
        site.Totals.Add(Count.Cuts);
        return fate;
    }

    private void Send<T>(StoreCall<T> call, CallFate fate)
    {
        switch (fate)
        {
            case CallFate.Lost:
                _scheduler.After(Latency(), process, () => Fail(call, "connection lost"));
                break;
            case CallFate.Late:
                _scheduler.After(site.Plan.StoreTimeout + _chaos.Random.Spread(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(2)), () => Execute(call, answers: false));
                break;
            case CallFate.Slow:
                _scheduler.After(site.Plan.StoreTimeout * _chaos.Random.NextDouble(), () => Execute(call, answers: true));
                break;
            default:
                _scheduler.After(Latency(), () => Execute(call, answers: fate != CallFate.AnswerLost));
                break;
        }
    }

    private void Execute<T>(StoreCall<T> call, bool answers)
    {
        if (!site.Network.Reaches(process))
        {
            _scheduler.After(Latency(), process, () => Fail(call, "unreachable"));
            return;
        }

        Action complete;
        try
        {
            var result = call.Execute();
            _scheduler.Note(process.Name, $"store {call.Name}: {Show(result)}");
            complete = () => call.Answer.TrySetResult(result);
        }
        catch (StoreUnavailableException error)
        {
            complete = () => call.Answer.TrySetException(error);
        }

        _chaos.Reach(process, "executed " + call.Name);
        if (answers)
        {
            _scheduler.After(Latency(), process, () => Complete(call, complete));
        }
    }

    private void Complete<T>(StoreCall<T> call, Action complete)
    {
        if (!site.Network.Reaches(process))
        {
            Fail(call, "connection lost");
        }
        else if (_chaos.Reach(process, "answered " + call.Name))
        {
            if (call.Name == "read")
            {
                site.Answered(process);
            }

            complete();
        }
    }

    private void Fail<T>(StoreCall<T> call, string why)
    {
        if (call.Answer.TrySetException(new StoreUnavailableException($"The simulated store does not answer ({why}).")))
        {
            _scheduler.Note(process.Name, $"store {call.Name} failed: {why}");
        }
    }

    private TimeSpan Latency() => _chaos.Random.Between(TimeSpan.FromMicroseconds(100), TimeSpan.FromMilliseconds(3));

    private static string Show<T>(T result) => result switch
    {
        AcquireResult acquired => $"{(acquired.Acquired ? "acquired" : "busy")}, fence {acquired.Snapshot.Fence}, {acquired.Snapshot.Record?.Revision}",
        StoreSnapshot snapshot => snapshot.Record?.Revision ?? "none",
        _ => result?.ToString() ?? "",
    };

    private static string Describe(CallFate fate) => fate switch
    {
        CallFate.Lost => "lost",
        CallFate.AnswerLost => "executed, answer lost",
        CallFate.Late => "executed late",
        _ => "slow",
    };

    private enum CallFate
    {
        Good,
        Lost,
        AnswerLost,
        Late,
        Slow,
    }

    private sealed record StoreCall<T>(string Name, Func<T> Execute, TaskCompletionSource<T> Answer);
}
