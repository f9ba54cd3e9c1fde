using TokenGateway.Tokens.Telemetry;
using TokenGateway.Tokens.Tests.Storage;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>How an agent's loop ends: with its process, or because another takes its place under changed settings.</summary>
public sealed class SuccessionTests
{
    /// <summary>The clock stands still: what only the next poll would tell the loop, it would never hear.</summary>
    [Fact]
    public async Task A_process_that_waits_for_its_next_poll_stops_at_once()
    {
        var time = new WatchedTime();
        await using var fleet = await Fleet.StartAsync(time: time);
        fleet.Store = fleet.Store with { PollInterval = TimeSpan.FromSeconds(11) };
        var replica = await fleet.AddLiveReplicaAsync();
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        time.Waits += wait => _ = wait.TotalSeconds is >= 11 and < 12 && waits.TrySetResult(); // Nothing but a poll is waited for about that long.
        replica.Manager.Agent(Fleet.Name).Wake();
        await waits.Task.WaitAsync(Fleet.Bound, TimeProvider.System);

        try
        {
            await replica.Manager.StopAsync(CancellationToken.None).WaitAsync(Fleet.Bound, TimeProvider.System);
        }
        finally
        {
            time.Advance(TimeSpan.FromSeconds(12)); // Where it does not stop, the test still ends.
        }
    }

    /// <summary>As where a changed configuration is applied in the moment of stopping.</summary>
    [Fact]
    public async Task An_agent_that_begins_once_the_process_stops_ends_as_well()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        await replica.Manager.StopAsync(CancellationToken.None);

        await replica.Manager.ApplyAsync([fleet.Credential, fleet.Credential with { Name = "pear" }], new HashSet<string>(StringComparer.Ordinal));

        await StoreTestHelpers.EventuallyAsync(() => Task.FromResult(replica.Manager.Agent("pear").HasEnded));
    }

    [Fact]
    public async Task A_pair_that_the_store_does_not_have_is_its_successors_to_commit()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        replica.Store.RefusesUnguardedWrites = true;
        await replica.RotateAsync(force: true);
        await replica.UntilAsync(view => view.Uncommitted, "a pair that the store does not have");

        await replica.Manager.ApplyAsync([fleet.Credential with { RequestWait = TimeSpan.FromSeconds(3) }], new HashSet<string>(StringComparer.Ordinal) { Fleet.Name })
            .WaitAsync(Fleet.Bound, TimeProvider.System);
        replica.Store.RefusesUnguardedWrites = false;
        await replica.UntilAsync(view => !view.Uncommitted, "a pair that the store has");

        Assert.DoesNotContain(EventIds.StopWaitsForCommit, fleet.Logged.Ids);
        Assert.Equal(replica.View.Record!.Id, (await fleet.ReadRecordAsync())!.Id);
    }
}
