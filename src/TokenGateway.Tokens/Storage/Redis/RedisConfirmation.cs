using System.Net;
using StackExchange.Redis;

namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>How a server is asked whether a write will survive it: WAITAOF, where it has that, speaks of the disks; WAIT of the replicas' memory.</summary>
internal sealed record RedisConfirmation(bool OnDisk, int Replicas)
{
    public bool IsNeeded => OnDisk || Replicas > 0;

    public string Command => OnDisk ? "WAITAOF" : "WAIT";

    /// <summary>Without fsync (<c>appendfsync no</c>), a server that is asked about its disk answers when its kernel likes.</summary>
    public static RedisConfirmation For(RedisExamination.Result server, int replicas) =>
        new(server.Info.AppendOnly == true && server.AppendFsync != "no" && RedisDurability.HasWaitAof(server.Info), replicas);

    public object[] Arguments(TimeSpan timeout)
    {
        // 0 would be for ever.
        var milliseconds = Math.Max(1, (long)timeout.TotalMilliseconds);
        return OnDisk ? [1, Replicas, milliseconds] : [Replicas, milliseconds];
    }

    /// <exception cref="StoreUnavailableException">The server's disk or too few replicas have the write.</exception>
    public void Check(RedisResult answer, EndPoint server, TimeSpan operationTimeout)
    {
        var confirmed = OnDisk ? (long[])answer! : [1, (long)answer];
        if (confirmed[0] < 1)
        {
            throw new StoreUnavailableException(
                $"Redis at {server} did not get a write onto its disk within TokenGateway:Store:OperationTimeout ({operationTimeout}): check its disk, or "
                + "allow more time.");
        }

        if (confirmed[1] < Replicas)
        {
            throw new StoreUnavailableException(
                $"Redis at {server} has a write that only {confirmed[1]} of {Replicas} replicas confirmed within TokenGateway:Store:OperationTimeout "
                + $"({operationTimeout}), so that a failover could lose it: bring its replicas back{(OnDisk ? " (each needs appendonly yes)" : "")}, or set TokenGateway:Store:MinReplicas.");
        }
    }
}
