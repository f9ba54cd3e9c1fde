using System.Globalization;
using TokenGateway.Simulator.Faults;
using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Tests.Rotation;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>The engine's whole life as the Redis user of docs/security.md, and what the servers say of it.</summary>
internal static class RedisUserLife
{
    public const string Password = "password_1";

    public static async Task<Fleet> StartFleetAsync(string connection, string user, string prefix)
    {
        var fleet = await Fleet.StartAsync();
        fleet.Store = fleet.Store with { Kind = StoreKind.Redis, Redis = new Secret($"{connection},user={user},password={Password}"), KeyPrefix = prefix };
        fleet.Credential = fleet.Credential with
        {
            ValidateEndpoint = new Uri(fleet.Simulator.BaseUrl + "/v1/oauth/token"),
            Validation = new ValidationSettings { Interval = TimeSpan.FromMilliseconds(500) },

            // Room enough for a rotation that outlasts a part of its lease, on a busy machine too.
            TokenEndpointTimeout = TimeSpan.FromSeconds(6),
            LeaseDuration = TimeSpan.FromSeconds(9),
        };
        return fleet;
    }

    /// <summary>A seed, rotations, a long one whose lease is renewed, verdicts that are shared, announcements, history; and connections that are idle for a while.</summary>
    public static async Task LiveAsync(Fleet fleet)
    {
        var first = await fleet.AddLiveReplicaAsync();
        fleet.Store = fleet.Store with { PollInterval = TimeSpan.FromMinutes(1) };
        var second = await fleet.AddLiveReplicaAsync();
        fleet.Simulator.Faults.Token.Enqueue(new Fault.Delay(fleet.Credential.LeaseDuration / 2.5));
        await first.RotateAsync();
        await second.UntilAsync(status => status is { Generation: 2, LastValidation: not null });
        Assert.NotEmpty((await second.Manager.GetReportAsync(Fleet.Name, CancellationToken.None)).History);
    }

    public static async Task SetAsync(IEnumerable<RedisNode> nodes, string user, IEnumerable<string> rules)
    {
        foreach (var node in nodes)
        {
            Assert.Equal("OK", await node.AskAsync(["ACL", "SETUSER", user, .. rules]));
        }
    }

    /// <summary>Who was refused what, on any of them, as <c>ACL LOG</c> has it.</summary>
    public static async Task<IReadOnlyList<(string User, string Object)>> RefusedAsync(IEnumerable<RedisNode> nodes)
    {
        var logs = await Task.WhenAll(nodes.Select(node => node.AskAsync("ACL", "LOG", "1000")));
        return [.. logs.SelectMany(log => ValuesOf("username", log).Zip(ValuesOf("object", log))).Distinct()];
    }

    /// <summary>How often each command was sent to it.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> UsedAsync(RedisNode node) =>
        (await node.AskAsync("INFO", "commandstats")).Split('\n').Where(line => line.StartsWith("cmdstat_", StringComparison.Ordinal)).Select(line => line["cmdstat_".Length..].Split(':', '=', ','))
            .ToDictionary(parts => parts[0], parts => long.Parse(parts[2], CultureInfo.InvariantCulture), StringComparer.Ordinal);

    private static IEnumerable<string> ValuesOf(string name, string log) => log.Split('\n').Chunk(2).Where(field => field[0] == name).Select(field => field[1]);
}
