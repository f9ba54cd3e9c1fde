using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using TokenGateway.Tokens.Telemetry;

namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>Credentials in a Redis or Valkey, shared by all replicas that reach it. Every call is one script, run whole or not at all.</summary>
internal sealed partial class RedisTokenStore(RedisConnection connection, RedisKeys keys, ILogger<RedisTokenStore> logger) : ITokenStore
{
    private const int HistoryLimit = 50;

    public event Action<string, StoredRecord>? Announced;

    public event Action? Reconnected
    {
        add => connection.Reconnected += value;
        remove => connection.Reconnected -= value;
    }

    public bool MayForget => true;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await connection.OpenAsync(cancellationToken);
        await connection.SubscribeAsync(keys.Channel, OnMessage, cancellationToken);
    }

    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        var names = await connection.CallAsync(database => database.SetMembersAsync(keys.Names, CommandFlags.DemandMaster), cancellationToken);
        return Array.ConvertAll(names, name => name.ToString());
    }

    public async Task<StoreSnapshot> ReadAsync(string credential, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(RedisScripts.Read, [keys.Record(credential), keys.Lease(credential)], [], cancellationToken);
        return RedisAnswers.Snapshot((RedisResult[])answer!);
    }

    public async Task<AcquireResult> AcquireAsync(string credential, LeaseRequest request, CancellationToken cancellationToken)
    {
        var answer = (RedisResult[])(await RunAsync(
            RedisScripts.Acquire,
            [keys.Record(credential), keys.Lease(credential)],
            [Id(request.LeaseId), request.Owner, Milliseconds(request.Duration), request.StaleAfter is { } silence ? Math.Ceiling(silence.TotalMilliseconds) : ""],
            cancellationToken))!;
        return new AcquireResult((int)answer[0] == 1, RedisAnswers.Snapshot(answer.AsSpan(1)));
    }

    public async Task<bool> RenewAsync(string credential, string leaseId, TimeSpan duration, CancellationToken cancellationToken) =>
        (int)await RunAsync(RedisScripts.Renew, [keys.Lease(credential)], [Id(leaseId), Milliseconds(duration)], cancellationToken) == 1;

    public Task ReleaseAsync(string credential, string leaseId, CancellationToken cancellationToken) =>
        RunAsync(RedisScripts.Release, [keys.Lease(credential)], [Id(leaseId)], cancellationToken);

    public async Task<WriteOutcome> WriteAsync(string credential, RecordWrite write, CancellationToken cancellationToken)
    {
        if (write.ExpectedRevision is null)
        {
            await RunAsync(RedisScripts.AddName, [keys.Names], [credential], cancellationToken);
        }

        RedisValue[] values =
        [
            write.ExpectedRevision ?? "",
            write.Record.Revision,
            write.Record.Document,
            write.MinimumFence,
            write.Guard is null ? "" : Id(write.Guard.LeaseId),
            write.Guard?.Fence ?? 0,
            write.Announce ? keys.Channel : "",
            credential,
        ];
        var answer = await connection.WriteAsync(
            RedisScripts.Write,
            [keys.Record(credential), keys.Lease(credential)],
            values,
            answer => RedisAnswers.Outcome(answer) == WriteOutcome.Written,
            cancellationToken);
        return RedisAnswers.Outcome(answer);
    }

    public Task AppendHistoryAsync(string credential, ReadOnlyMemory<byte> entry, CancellationToken cancellationToken) =>
        RunAsync(RedisScripts.AppendHistory, [keys.History(credential)], [entry, HistoryLimit], cancellationToken);

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadHistoryAsync(string credential, CancellationToken cancellationToken)
    {
        var entries = await connection.CallAsync(
            database => database.ListRangeAsync(keys.History(credential), 0, HistoryLimit - 1, CommandFlags.DemandMaster), cancellationToken);
        return Array.ConvertAll(entries, entry => (ReadOnlyMemory<byte>)entry);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    // A lease is kept as its id, duration and owner, each on a line, and known by everything up to the first line feed.
    private static string Id(string leaseId) => leaseId + "\n";

    private static long Milliseconds(TimeSpan duration) => Math.Max(1, (long)duration.TotalMilliseconds);

    private Task<RedisResult> RunAsync(string script, RedisKey[] scriptKeys, RedisValue[] values, CancellationToken cancellationToken) =>
        connection.CallAsync(database => database.ScriptEvaluateAsync(script, scriptKeys, values, CommandFlags.DemandMaster), cancellationToken);

    private void OnMessage(ReadOnlyMemory<byte> message)
    {
        if (RedisAnnouncement.TryParse(message, out var credential, out var record))
        {
            Announced?.Invoke(credential, record);
        }
        else
        {
            RedisTokenStoreLog.Unreadable(logger, keys.Channel);
        }
    }

    private static partial class RedisTokenStoreLog
    {
        [LoggerMessage(EventIds.RedisAnnouncementUnreadable, LogLevel.Warning,
            "A message on the Redis channel {Channel} was not an announcement of this gateway and was ignored: is the channel used by something else?")]
        public static partial void Unreadable(ILogger logger, string channel);
    }
}
