using StackExchange.Redis;

namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>What the scripts return, in the contract's words.</summary>
internal static class RedisAnswers
{
    /// <param name="answer">Revision, document, fence, lease, the lease's remaining ms, and the server's time as seconds and microseconds.</param>
    public static StoreSnapshot Snapshot(ReadOnlySpan<RedisResult> answer)
    {
        var record = answer[0].IsNull ? null : new StoredRecord((string)answer[0]!, (byte[])answer[1]!);
        var fence = answer[2].IsNull ? 0 : (long)answer[2];
        var clock = (long[])answer[5]!;
        var now = DateTimeOffset.FromUnixTimeSeconds(clock[0]).AddMicroseconds(clock[1]);
        return new StoreSnapshot(record, fence, Lease((string?)answer[3], (long)answer[4], now), now);
    }

    public static WriteOutcome Outcome(RedisResult answer) => (string?)answer switch
    {
        "written" => WriteOutcome.Written,
        "superseded" => WriteOutcome.Superseded,
        "lease lost" => WriteOutcome.LeaseLost,
        _ => throw new StoreUnavailableException("Redis gave an answer that the write script cannot give: check what TokenGateway:Store:Redis names."),
    };

    private static LeaseInfo? Lease(string? value, long remaining, DateTimeOffset now) =>
        value is null ? null : new LeaseInfo(value.Split('\n', 3)[^1], now.AddMilliseconds(remaining));
}
