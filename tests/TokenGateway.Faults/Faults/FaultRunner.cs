using TokenGateway.Faults.Fleet;
using TokenGateway.Faults.Report;

namespace TokenGateway.Faults.Faults;

/// <summary>Takes a fleet through its plan: a few faults at once, then back to health, and so on.</summary>
internal sealed class FaultRunner(GatewayFleet fleet, FaultPace pace, RunStatistics statistics)
{
    private readonly SemaphoreSlim _redisTurn = new(1, 1);

    /// <summary>Ends early where the fleet does not recover or <paramref name="isOver"/> says so.</summary>
    public async Task RunAsync(Func<bool> isOver, CancellationToken cancellationToken)
    {
        var plan = new Queue<FaultKind>(FaultPlan.Make(pace.Counts, fleet.Redis.FailsOver, pace.Only, fleet.Random));
        while (plan.Count > 0 && !isOver())
        {
            var batch = Enumerable.Range(0, Math.Min(plan.Count, 1 + fleet.Random.Next(pace.MostAtOnce))).Select(_ => plan.Dequeue()).ToList();
            var (begun, lost) = (Clock.Timestamp, fleet.Judge.Losses.Count);
            var runs = await Task.WhenAll(batch.Select(kind => RunOneAsync(kind, new Random(fleet.Random.Next()), cancellationToken)));
            var ended = runs.Max(run => run.EndedAt);
            var recovered = await Recovery.WaitAsync(fleet, pace.IsPatient ? ended : null, cancellationToken);
            if (recovered is null)
            {
                return;
            }

            var hits = runs.Where(run => run.Hit).ToList();
            var inDoubt = fleet.Judge.Losses.Count > lost || fleet.Ledger.HadDoubtSince(begun) || fleet.Ledger.HasOpen(ended) || recovered.SawDoubt;
            var took = Clock.Between(ended, Math.Max(ended, recovered.HealthyAt));
            var name = runs.Length == 1 ? runs[0].Kind.Name : "several at once";
            statistics.Add(fleet.Name, hits.Select(run => run.Kind), runs.Length - hits.Count, hits.Count == 0 ? null : new RecoverySample(name, took, inDoubt));
            fleet.Log.Write($"recovered in {took.TotalSeconds:F2} s{(inDoubt ? ", with doubt" : "")}");
        }
    }

    private async Task<FaultRun> RunOneAsync(FaultKind kind, Random random, CancellationToken cancellationToken)
    {
        fleet.Log.Write($"fault: {kind.Name}");
        var stage = new FaultStage(fleet, random, _redisTurn, cancellationToken);
        var hit = await kind.RunAsync(stage);
        fleet.Log.Write($"fault over: {kind.Name} ({(hit ? stage.Target : "the moment did not come")})");
        return new FaultRun(kind, hit, stage.EndedAt);
    }

    private sealed record FaultRun(FaultKind Kind, bool Hit, long EndedAt);
}
