using System.Globalization;

namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>What a server tells of itself through INFO. A managed Redis may leave out any line, and an ACL all of them: null is unknown.</summary>
internal sealed class RedisServerInfo
{
    /// <summary>The sections that are read. Several in one call need Redis 7.0.</summary>
    public static readonly object[] Sections = ["server", "persistence", "memory", "replication"];

    private readonly Dictionary<string, string> _fields;

    private RedisServerInfo(Dictionary<string, string> fields) => _fields = fields;

    /// <summary>A server that did not tell.</summary>
    public static RedisServerInfo Unknown { get; } = new(new Dictionary<string, string>(StringComparer.Ordinal));

    public static RedisServerInfo Parse(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line[0] != '#')
            {
                fields[line[..colon]] = line[(colon + 1)..];
            }
        }

        return new RedisServerInfo(fields);
    }

    /// <summary>A Valkey names the Redis that it is compatible with.</summary>
    public Version? Version => Version.TryParse(Field("redis_version"), out var version) ? version : null;

    /// <summary>Random per start of the server.</summary>
    public string? RunId => Field("run_id");

    /// <summary>Unknown as well while a server that has just started reads its file: it switches the file off for that long, and says so.</summary>
    public bool? AppendOnly => (Field("aof_enabled"), Field("loading")) switch
    {
        ("1", _) => true,
        ("0", not "1") => false,
        _ => null,
    };

    public string? EvictionPolicy => Field("maxmemory_policy");

    /// <summary>How many replicas take part in the replication; one that is still being copied to, or that has gone, does not.</summary>
    public int? OnlineReplicas => Field("connected_slaves") is { } connected && int.TryParse(connected, CultureInfo.InvariantCulture, out var count)
        ? Enumerable.Range(0, count).Count(index => Field($"slave{index}")?.Contains("state=online", StringComparison.Ordinal) == true)
        : null;

    private string? Field(string name) => _fields.GetValueOrDefault(name);
}
