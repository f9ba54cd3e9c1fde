using System.Collections.Concurrent;
using System.Net;
using StackExchange.Redis;

namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>
/// Writes that count only once they are durable. WAIT covers what its own connection wrote before it and nothing else: on another connection, and after a
/// reconnect, it says at once that all is well. So a write and its WAIT go over a connection that is used for nothing else, to the primary of the key's
/// slot, one write after the other. A random name that the connection is given before and has kept after proves that it was one: CLIENT ID would not, since
/// a restarted server counts from 1 again.
/// </summary>
internal sealed class RedisDurableWrites(RedisReplicas replicas, RedisExamination examination, TimeSpan operationTimeout, TimeProvider time, RandomSource random)
{
    private readonly ConcurrentDictionary<EndPoint, SemaphoreSlim> _turns = [];

    /// <summary>A test takes it out, to see that it is needed.</summary>
    internal bool IsFramed { get; init; } = true;

    /// <summary>What a test does between a write and its WAIT.</summary>
    internal Func<Task> AfterWrite { get; init; } = () => Task.CompletedTask;

    /// <summary>Runs a script, and answers what it answered.</summary>
    /// <param name="connection">The multiplexer for durable writes alone.</param>
    /// <param name="script">Its text, not its hash: a script that had to be sent a second time would come after its WAIT.</param>
    /// <param name="keys">All of one slot.</param>
    /// <param name="values">The script's arguments.</param>
    /// <param name="hasWritten">Whether the script's answer means that it wrote; else there is nothing to wait for.</param>
    /// <param name="cancellationToken">Ends the waiting; what was sent is executed all the same.</param>
    /// <exception cref="StoreUnavailableException">The server must not be written to; or it has the write, but is not known to keep it.</exception>
    public async Task<RedisResult> RunAsync(
        IConnectionMultiplexer connection, string script, RedisKey[] keys, RedisValue[] values, Func<RedisResult, bool> hasWritten, CancellationToken cancellationToken)
    {
        var primary = await PrimaryAsync(connection, keys[0]);
        var turn = _turns.GetOrAdd(primary.EndPoint, _ => new SemaphoreSlim(1));
        if (!await turn.WaitAsync(operationTimeout, cancellationToken))
        {
            throw new TimeoutException();
        }

        try
        {
            // From here on: time spent behind other writes must not be taken from the replicas.
            return await RunAsync(primary, [script, keys.Length, .. keys, .. values], hasWritten, new Limit(time, operationTimeout, cancellationToken));
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<RedisResult> RunAsync(IServer primary, object[] arguments, Func<RedisResult, bool> hasWritten, Limit limit)
    {
        var name = "tokengateway:" + random.NextId();
        var naming = primary.ExecuteAsync("CLIENT", "SETNAME", name);
        var examined = await limit.BoundAsync(examination.AskAsync(primary));
        await limit.BoundAsync(naming);
        if (examined.Durability.Refusal is { } refusal)
        {
            throw new StoreUnavailableException(refusal);
        }

        var required = await limit.BoundAsync(replicas.RequiredAsync(primary, examined.Info));
        var answer = await limit.BoundAsync(primary.ExecuteAsync(null, "EVAL", arguments, CommandFlags.NoRedirect));
        if (!hasWritten(answer))
        {
            return answer;
        }

        await AfterWrite();
        await ConfirmAsync(primary, RedisConfirmation.For(examined, required), name, limit);
        return answer;
    }

    private static async Task<IServer> PrimaryAsync(IConnectionMultiplexer connection, RedisKey key)
    {
        try
        {
            return connection.GetServer(key, flags: CommandFlags.DemandMaster);
        }
        catch (InvalidOperationException)
        {
            // There is none, and only a call tells why; one that the Redis user may make, should a primary be back by now.
            await connection.GetDatabase().HashGetAsync(key, ["revision"], CommandFlags.DemandMaster);
            throw new StoreUnavailableException("Redis was between two primaries a moment ago: it is tried again.");
        }
    }

    private async Task ConfirmAsync(IServer primary, RedisConfirmation confirmation, string name, Limit limit)
    {
        if (!confirmation.IsNeeded)
        {
            return;
        }

        // The server gives up a little earlier than we do, so that it can still say how many replicas there were.
        var confirming = primary.ExecuteAsync(confirmation.Command, confirmation.Arguments(limit.Remaining * 0.8));
        var kept = (string?)await limit.BoundAsync(primary.ExecuteAsync("CLIENT", "GETNAME"));
        var confirmed = await limit.BoundAsync(confirming);
        if (IsFramed && kept != name)
        {
            throw new StoreUnavailableException(
                "The connection to Redis was replaced between a write and its confirmation by the replicas, so that it does not count: try again.");
        }

        confirmation.Check(confirmed, primary.EndPoint, operationTimeout);
    }

    /// <summary>One timeout for all steps of an operation.</summary>
    private readonly struct Limit(TimeProvider time, TimeSpan timeout, CancellationToken cancellationToken)
    {
        private readonly long _started = time.GetTimestamp();

        public TimeSpan Remaining => timeout - time.GetElapsedTime(_started) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

        public Task<T> BoundAsync<T>(Task<T> step) => step.WaitAsync(Remaining, time, cancellationToken);
    }
}
