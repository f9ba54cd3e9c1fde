using System.Buffers.Binary;
using TokenGateway.Testing;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using TokenGateway.Tokens.Telemetry;
using TokenGateway.Tokens.Tests.Storage;

namespace TokenGateway.Tokens.Tests.Rotation;

public sealed class SqliteTamperingTests : StoreTamperingTests
{
    protected override RedisServer? Redis => null;
}

public sealed class RedisTamperingTests(RedisFixture redis) : StoreTamperingTests, IClassFixture<RedisFixture>
{
    protected override RedisServer? Redis => redis.Server;
}

/// <summary>
/// Somebody writes to the store past the gateways, or its disk does: it is noticed, never used, put right by whoever has better, and told. The whole engine on a real store.
/// </summary>
public abstract class StoreTamperingTests
{
    protected abstract RedisServer? Redis { get; }

    public static TheoryData<string> Damages => ["ciphertext", "header", "key", "format", "revision", "cut", "empty", "other credential", "earlier generation", "rewound"];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Record_that_somebody_changed_is_noticed_put_right_and_told(string damage)
    {
        await using var fleet = await Fleet.StartAsync(redis: Redis);
        var door = new BackDoor(fleet.Store);
        var replica = await fleet.AddLiveReplicaAsync();
        var peer = await fleet.AddLiveReplicaAsync();
        var earlier = await door.ReadAsync();
        await replica.RotateAsync();
        await peer.UntilAsync(status => status.Generation == 2);
        await Task.WhenAll(replica.PollsAsync(1), peer.PollsAsync(1));
        var good = replica.View.Record!.Id;

        await door.WriteAsync(Changed(damage, await door.ReadAsync(), earlier, fleet));
        await StoreTestHelpers.EventuallyAsync(() => Task.FromResult(fleet.Logged.Ids.Contains(EventIds.StoreRepaired)));
        await StoreTestHelpers.EventuallyAsync(async () => await TryReadAsync(fleet) == good);

        var healer = fleet.Replicas.Single(one => one.View.Repair is not null);
        Assert.Contains("somebody writes to the store", healer.Status.Problem, StringComparison.Ordinal);
        await replica.PollsAsync(5);
        await replica.UntilAsync(_ => replica.RotateAsync().GetAwaiter().GetResult().Outcome == RotationOutcome.Rotated, "rotated again");
        Assert.Equal((0L, 1), (fleet.Simulator.Counters.Reuses, fleet.Simulator.Counters.Provider.MostPresentationsOfOneRefreshToken));
        Assert.Equal(3, fleet.Check(await replica.GetTokenAsync()).Generation);
    }

    [Theory]
    [InlineData("ciphertext")]
    [InlineData("other credential")]
    [InlineData("rewound")]
    public async Task Record_that_was_changed_while_nobody_ran_is_put_right_from_the_journal(string damage)
    {
        await using var fleet = await Fleet.StartAsync(redis: Redis);
        var door = new BackDoor(fleet.Store);
        var replica = await fleet.AddLiveReplicaAsync();
        var earlier = await door.ReadAsync();
        await replica.RotateAsync();
        await replica.PollsAsync(2);
        var good = replica.View.Record!.Id;
        await replica.Manager.StopAsync(CancellationToken.None);

        await door.WriteAsync(Changed(damage, await door.ReadAsync(), earlier, fleet));
        await replica.RestartAsync();
        await StoreTestHelpers.EventuallyAsync(async () => await TryReadAsync(fleet) == good);

        await replica.UntilAsync(status => status.Usable);
        Assert.Equal(2, fleet.Check(await replica.GetTokenAsync()).Generation);
        Assert.Equal((2, 0L), (fleet.Simulator.Counters.TokenCalls, fleet.Simulator.Counters.Reuses));
    }

    [Theory]
    [InlineData("ciphertext")]
    [InlineData("other credential")]
    [InlineData("earlier generation")]
    public async Task Record_that_nobody_can_put_right_is_told_and_neither_used_nor_replaced(string damage)
    {
        await using var fleet = await Fleet.StartAsync(redis: Redis);
        var door = new BackDoor(fleet.Store);
        var replica = await fleet.AddLiveReplicaAsync();
        var earlier = await door.ReadAsync();
        await replica.RotateAsync();
        await replica.Manager.StopAsync(CancellationToken.None);
        fleet.Store = fleet.Store with { JournalPath = fleet.Store.JournalPath + "-of-another-machine" };
        var changed = Changed(damage, await door.ReadAsync(), earlier, fleet);

        await door.WriteAsync(changed);
        await replica.RestartAsync();
        await replica.UntilAsync(status => status.Problem is not null);
        await replica.PollsAsync(5);

        Assert.Contains("cannot be used", replica.Status.Problem, StringComparison.Ordinal);
        Assert.Contains(EventIds.StoreProblem, fleet.Logged.Ids);
        Assert.Equal(TokenFailureCode.TokenUnavailable, (await replica.GetTokenAsync()).Failure!.Code);
        Assert.Equal(2, fleet.Simulator.Counters.TokenCalls);
        Assert.Equal(changed.Document.ToArray(), (await door.ReadAsync()).Document.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Record_that_somebody_else_may_have_better_is_left_to_them(bool underAnotherKey)
    {
        await using var fleet = await Fleet.StartAsync(redis: Redis);
        var door = new BackDoor(fleet.Store);
        var replica = await fleet.AddLiveReplicaAsync();
        var held = replica.View.Record!;
        var next = held with { Generation = held.Generation + 1, Id = "next", Ancestors = held.Lineage() };
        var stored = CodecOf(underAnotherKey ? Enumerable.Repeat((byte)9, 32) : new byte[32]).Encode(next);
        var left = underAnotherKey ? stored : Flipped(stored, stored.Document.Length - 1);

        await door.WriteAsync(left);
        await replica.UntilAsync(status => status.Problem is not null);
        await replica.PollsAsync(5);

        Assert.Equal(left.Document.ToArray(), (await door.ReadAsync()).Document.ToArray());
        Assert.Equal(1, fleet.Check(await replica.GetTokenAsync()).Generation);
        await replica.RotateAsync();
        Assert.Equal(1, fleet.Simulator.Counters.TokenCalls);
    }

    private static StoredRecord Changed(string damage, StoredRecord stored, StoredRecord earlier, Fleet fleet) => damage switch
    {
        "ciphertext" => Flipped(stored, stored.Document.Length - 1),
        "header" => Flipped(stored, stored.Document.Span.IndexOf("\"generation\":"u8) + "\"generation\":".Length),
        "key" => Flipped(stored, stored.Document.Span.IndexOf("\"key\":\""u8) + "\"key\":\"".Length),
        "format" => Flipped(stored, 0),
        "revision" => stored with { Revision = "another" },
        "cut" => stored with { Document = stored.Document[..(5 + BinaryPrimitives.ReadInt32LittleEndian(stored.Document.Span[1..]))] },
        "empty" => stored with { Document = Array.Empty<byte>() },
        "other credential" => CodecOf(new byte[32]).Encode(fleet.Replicas[0].View.Record! with { Credential = "pear" }),
        "earlier generation" => stored with { Document = earlier.Document },
        "rewound" => earlier,
        _ => throw new ArgumentOutOfRangeException(nameof(damage)),
    };

    private static RecordCodec CodecOf(IEnumerable<byte> key) => new(new KeyRing([[.. key]], RandomSource.System), RandomSource.System);

    private static StoredRecord Flipped(StoredRecord stored, int index)
    {
        var document = stored.Document.ToArray();
        document[index] ^= 1;
        return stored with { Document = document };
    }

    private static async Task<string?> TryReadAsync(Fleet fleet)
    {
        try
        {
            return (await fleet.ReadRecordAsync())?.Id;
        }
        catch (UnreadableRecordException)
        {
            return null;
        }
    }
}
