namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>Whether one server keeps what it acknowledged: what a crash, a restart and a lack of memory do to it.</summary>
/// <param name="Server">Its address.</param>
/// <param name="Findings">What is wrong or unknown; empty where all is well.</param>
internal sealed record RedisDurability(string Server, IReadOnlyList<RedisFinding> Findings)
{
    private const string OrAccept =
        "or, if losing every refresh token with that Redis is acceptable, set TokenGateway:Store:AllowVolatile to true";

    private static readonly Version Least = new(7, 0);

    /// <summary>From Redis 7.2 on, and in every Valkey, a client can wait for the disk.</summary>
    private static readonly Version WithWaitAof = new(7, 2);

    /// <summary>Why nothing may be written there; null where it may.</summary>
    public string? Refusal => Findings.FirstOrDefault(finding => finding.Severity == RedisFindingSeverity.Error)?.Sentence;

    public static bool HasWaitAof(RedisServerInfo info) => info.Version >= WithWaitAof;

    /// <param name="server">Its address.</param>
    /// <param name="info">What it says.</param>
    /// <param name="appendFsync">Its setting of that name; null where it may not be asked.</param>
    /// <param name="allowVolatile">Whether <c>Store:AllowVolatile</c> turns a server that loses data by design into a warning.</param>
    public static RedisDurability Of(string server, RedisServerInfo info, string? appendFsync, bool allowVolatile)
    {
        var volatility = allowVolatile ? RedisFindingSeverity.Warning : RedisFindingSeverity.Error;
        RedisFinding?[] findings =
        [
            Version(server, info),
            AppendOnly(server, info, volatility),
            Eviction(server, info, volatility),
            info.AppendOnly == true ? AppendFsync(server, info, appendFsync) : null,
        ];
        return new RedisDurability(server, [.. findings.OfType<RedisFinding>()]);
    }

    private static RedisFinding? Version(string server, RedisServerInfo info) => info.Version switch
    {
        null => Unknown(server, "its version", "redis_version", "that it is a Redis 7.0 or later, or a Valkey"),
        { } version when version < Least => new(RedisFindingSeverity.Error, $"Redis at {server} is version {version}: install 7.0 or later, or a Valkey."),
        _ => null,
    };

    private static RedisFinding? AppendOnly(string server, RedisServerInfo info, RedisFindingSeverity volatility) => info.AppendOnly switch
    {
        null => Unknown(server, "whether it keeps an append-only file", "aof_enabled", "that 'appendonly yes' is set"),
        false => new(volatility,
            $"Redis at {server} keeps no append-only file, so that a restart loses refresh tokens: put 'appendonly yes' into its redis.conf and run "
            + $"CONFIG SET appendonly yes, {OrAccept}."),
        true => null,
    };

    private static RedisFinding? Eviction(string server, RedisServerInfo info, RedisFindingSeverity volatility) => info.EvictionPolicy switch
    {
        null => Unknown(server, "its eviction policy", "maxmemory_policy", "that 'maxmemory-policy noeviction' is set"),
        "noeviction" => null,
        var policy => new(volatility,
            $"Redis at {server} removes keys when its memory is full ({policy}), refresh tokens among them: put 'maxmemory-policy noeviction' into its "
            + $"redis.conf and run CONFIG SET maxmemory-policy noeviction, {OrAccept}."),
    };

    private static RedisFinding? AppendFsync(string server, RedisServerInfo info, string? appendFsync) => (appendFsync, HasWaitAof(info)) switch
    {
        ("always", _) => null,
        ("everysec", true) => new(RedisFindingSeverity.Warning,
            $"Redis at {server} writes to its disk once a second (appendfsync everysec), and every rotation waits for that: set 'appendfsync always', "
            + "or TokenGateway:Store:OperationTimeout to 5 s or more."),
        ("everysec", false) => new(RedisFindingSeverity.Warning,
            $"Redis at {server} loses up to a second of writes when its machine crashes (appendfsync everysec), and cannot be waited for: set "
            + "'appendfsync always', or install Redis 7.2 or a Valkey."),
        ("no", _) => new(RedisFindingSeverity.Warning,
            $"Redis at {server} leaves it to its kernel when writes reach the disk (appendfsync no) and loses half a minute of them when its machine "
            + "crashes: set 'appendfsync always'."),
        _ => new(RedisFindingSeverity.Warning, $"Redis at {server} does not tell its appendfsync (CONFIG GET is not allowed): see to it that it is 'always'."),
    };

    private static RedisFinding Unknown(string server, string what, string field, string check) =>
        new(RedisFindingSeverity.Warning, $"Redis at {server} does not tell {what} ({field} in INFO): allow INFO, or see to it {check}.");
}
