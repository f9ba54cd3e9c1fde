using TokenGateway.Simulator;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Tokens.Rotation;
using TokenGateway.Tokens.Tests.Records;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>Rotations that somebody asks for, and the end of a process in the middle of one.</summary>
public sealed class AskedRotationTests
{
    [Fact]
    public async Task MinRefreshInterval_forbids_it_by_name()
    {
        await using var fleet = await Fleet.StartAsync();
        fleet.Credential = fleet.Credential with { MinRefreshInterval = TimeSpan.FromHours(1) };
        var replica = await fleet.AddLiveReplicaAsync();

        var report = await replica.RotateAsync();

        Assert.Equal(RotationOutcome.Forbidden, report.Outcome);
        Assert.Contains("MinRefreshInterval", report.Error, StringComparison.Ordinal);
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task Concurrent_callers_share_one_rotation_whether_they_come_before_or_during_it()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang());

        var early = Enumerable.Range(0, 20).Select(_ => replica.RotateAsync()).ToList();
        await fleet.EventAsync(EventKind.Hanging);
        var late = Enumerable.Range(0, 20).Select(_ => replica.RotateAsync()).ToList();
        fleet.Simulator.Faults.Release();
        var reports = await Task.WhenAll(early.Concat(late));
        await replica.PollsAsync(3);

        Assert.Equal((RotationOutcome.Rotated, 2L), Assert.Single(reports.Select(report => (report.Outcome, report.Generation)).Distinct()));
        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_cancel_the_rotation()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang());
        using var caller = new CancellationTokenSource();
        var asked = replica.RotateAsync(cancellationToken: caller.Token);
        await fleet.EventAsync(EventKind.Hanging);

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        fleet.Simulator.Faults.Release();
        await replica.UntilAsync(status => status is { Generation: 2, State: CredentialState.Active });

        Assert.Equal(2, fleet.Check(await replica.GetTokenAsync()).Generation);
    }

    [Fact]
    public async Task Stopping_waits_for_the_answer_that_is_on_its_way_and_keeps_the_pair()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang(AfterProcessing: true));
        var asked = replica.RotateAsync();
        await fleet.EventAsync(EventKind.Hanging);

        var stopped = replica.Manager.StopAsync(CancellationToken.None);
        Assert.False(stopped.IsCompleted);
        fleet.Simulator.Faults.Release();
        await stopped;

        Assert.Equal(RotationOutcome.Rotated, (await asked).Outcome);
        Assert.Equal(2, (await fleet.ReadRecordAsync())!.Generation);
        await replica.RestartAsync();
        Assert.Equal(2, fleet.Check(await replica.GetTokenAsync()).Generation);
        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task A_stopped_engine_begins_nothing_new()
    {
        await using var fleet = await Fleet.StartAsync(new SimulatorOptions { AccessTokenLifetime = TimeSpan.FromSeconds(1) });
        var stopped = await fleet.AddLiveReplicaAsync();
        await stopped.Manager.StopAsync(CancellationToken.None);
        var calls = fleet.Simulator.Counters.TokenCalls;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped.RotateAsync());
        await Task.Delay(stopped.Status.AccessTokenExpiresAt!.Value - fleet.Time.GetUtcNow() + TimeSpan.FromMilliseconds(200), TimeProvider.System);

        Assert.Equal(calls, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public void A_peers_new_record_ends_the_waiting_for_that_peer()
    {
        var memory = new CredentialMemory(SettingsSamples.Credential(), TimeProvider.System, RandomSource.System);
        memory.Offer(RecordSamples.Ready());
        memory.Update(view => view with { Rotating = true });

        memory.Offer(RecordSamples.Ready().Child("id_2"));

        Assert.False(memory.View.Rotating);
    }
}
