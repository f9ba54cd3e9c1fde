using Microsoft.Data.Sqlite;
using StackExchange.Redis;
using TokenGateway.Simulator.Faults;
using TokenGateway.Simulator.OAuth;
using TokenGateway.Testing;

namespace TokenGateway.Tokens.Tests.Rotation;

/// <summary>An answer that only a local disk holds is not lost, and a disk that holds nothing stops nobody for longer than it must.</summary>
public sealed class JournaledAnswerTests
{
    [Fact]
    public async Task A_pair_whose_process_died_before_the_store_had_it_is_stored_by_the_next_process()
    {
        await using var redis = await RedisServer.StartOwnAsync();
        await using var fleet = await Fleet.StartAsync(redis: redis);
        var replica = await fleet.AddLiveReplicaAsync();
        await LoseRedisDuringRotationAsync(fleet, redis, replica);
        await replica.UntilAsync(view => view is { Uncommitted: true, Record.Generation: 2 }, "the new pair is in memory and journal only");
        var granted = replica.View.Record!.Id;

        await replica.Manager.DisposeAsync();
        await redis.RestartAsync();
        await replica.RestartAsync();
        await replica.UntilAsync(view => view is { Uncommitted: false, Record.Generation: 2 }, "the pair of the journal is stored");

        Assert.Equal(granted, (await fleet.ReadRecordAsync())!.Id);
        Assert.Equal(2, fleet.Check(await replica.GetTokenAsync()).Generation);
        await Storage.StoreTestHelpers.EventuallyAsync(async () => (await replica.RotateAsync()).Outcome == RotationOutcome.Rotated);
        Assert.Equal((3, 1), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Provider.MostPresentationsOfOneRefreshToken));
    }

    [Fact]
    public async Task A_verdict_whose_process_died_before_the_store_had_it_is_not_asked_for_again()
    {
        await using var redis = await RedisServer.StartOwnAsync();
        await using var fleet = await Fleet.StartAsync(redis: redis);
        var replica = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.RevokeFamily(fleet.Seed.Family);
        await LoseRedisDuringRotationAsync(fleet, redis, replica);
        await replica.UntilAsync(view => view is { Untold: true, Record.Rejection: not null }, "the verdict is in memory and journal only");

        await replica.Manager.DisposeAsync();
        await redis.RestartAsync();
        await replica.RestartAsync();
        await replica.UntilAsync(status => status.State == CredentialState.ReauthorizationRequired);

        await Storage.StoreTestHelpers.EventuallyAsync(async () => (await fleet.ReadRecordAsync())!.Rejection is not null);
        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
    }

    [Fact]
    public async Task A_store_that_has_forgotten_everything_is_healed_from_the_journal_of_an_earlier_process()
    {
        await using var fleet = await Fleet.StartAsync();
        var replica = await fleet.AddLiveReplicaAsync();
        await replica.RotateAsync();
        await replica.PollsAsync(2);
        await replica.Manager.DisposeAsync();
        SqliteConnection.ClearAllPools();
        File.Delete(fleet.Store.Path);
        File.Delete(fleet.Store.Path + "-wal");
        File.Delete(fleet.Store.Path + "-shm");

        await replica.RestartAsync();
        await replica.UntilAsync(view => view is { Uncommitted: false, Record.Generation: 2 }, "the journal's record is in the store");

        Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync()).Outcome);
        Assert.Equal((3, 0L), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Reuses));
    }

    [Fact]
    public async Task An_empty_Redis_gets_the_journals_record_at_once_and_is_given_time_to_be_told_a_better_one()
    {
        await using var redis = await RedisServer.StartOwnAsync();
        await using var fleet = await Fleet.StartAsync(redis: redis);
        fleet.Store = fleet.Store with { PollInterval = TimeSpan.FromSeconds(1) };
        var replica = await fleet.AddLiveReplicaAsync();
        await replica.PollsAsync(2);
        await replica.Manager.DisposeAsync();
        await using (var admin = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString + ",allowAdmin=true"))
        {
            await admin.GetDatabase().ExecuteAsync("FLUSHALL");
        }

        await replica.RestartAsync();
        await replica.UntilAsync(view => view is { Replayed: false, Uncommitted: false, Record.Generation: 1 }, "the journal's record is in the store");
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);

        var filledAt = (await fleet.ReadRecordAsync())!.FilledAt;
        Assert.Equal(RotationOutcome.Rotated, (await replica.RotateAsync()).Outcome);
        Assert.True((await fleet.ReadRecordAsync())!.IntentAt - filledAt >= fleet.Store.PollInterval * 2);
    }

    [Fact]
    public async Task Without_room_for_the_answer_a_rotation_waits_while_there_is_time_and_runs_when_there_is_none()
    {
        await using var fleet = await Fleet.StartAsync(new() { AccessTokenLifetime = TimeSpan.FromHours(1) });
        fleet.DiskIsFull = true;
        var replica = await fleet.AddLiveReplicaAsync();

        var waits = await replica.RotateAsync();
        Assert.Equal((RotationOutcome.NotSent, 1), (waits.Outcome, fleet.Simulator.Counters.TokenCalls));
        Assert.Contains("The journal cannot be written", replica.Status.Problem, StringComparison.Ordinal);
        Assert.Contains("JournalPath", replica.Status.Problem, StringComparison.Ordinal);

        var now = fleet.Time.GetUtcNow();
        await fleet.AmendRecordAsync(record => record with { Id = "id_2", Ancestors = record.Lineage(), IssuedAt = now.AddHours(-1), AccessTokenExpiresAt = now });
        await replica.UntilAsync(status => status is { State: CredentialState.Active, Usable: true, Generation: 2 });
        Assert.Contains("The journal cannot be written", replica.Status.Problem, StringComparison.Ordinal);

        replica.Disk.IsFull = false;
        await replica.UntilAsync(status => status is { State: CredentialState.Active, Problem: null });
        Assert.Equal(1, fleet.Simulator.Counters.Provider.MostPresentationsOfOneRefreshToken);
    }

    private static async Task LoseRedisDuringRotationAsync(Fleet fleet, RedisServer redis, Replica replica)
    {
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Hang(AfterProcessing: true));
        _ = replica.RotateAsync();
        await fleet.EventAsync(EventKind.Hanging);
        await redis.KillAsync();
        fleet.Simulator.Faults.Release();
    }
}
