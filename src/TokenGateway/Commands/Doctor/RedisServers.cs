using StackExchange.Redis;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Storage.Redis;

namespace TokenGateway.Commands.Doctor;

/// <summary>Asks each Redis that takes writes how it keeps them, as the gateway does before it writes.</summary>
internal static class RedisServers
{
    private const string Subject = "redis";

    public static async Task<IReadOnlyList<Finding>> ExamineAsync(StoreSettings settings, CancellationToken cancelled)
    {
        try
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(RedisOptions.From(settings)).WaitAsync(cancelled);
            var servers = redis.GetServers().Where(server => server is { IsConnected: true, IsReplica: false } && server.ServerType != ServerType.Sentinel).ToList();
            if (servers.Count == 0)
            {
                return [Finding.Failure(Subject, "no server that takes writes can be reached (TokenGateway:Store:Redis)")];
            }

            var examination = new RedisExamination(settings.AllowVolatile);
            var findings = new List<Finding>();
            foreach (var server in servers)
            {
                findings.AddRange(Judge(await examination.AskAsync(server).WaitAsync(cancelled)));
            }

            return findings;
        }
        catch (Exception error) when (error is RedisException or FormatException)
        {
            return [Finding.Failure(Subject, error is FormatException ? error.Message : "cannot be asked how durable it is (TokenGateway:Store:Redis)")];
        }
    }

    private static IEnumerable<Finding> Judge(RedisExamination.Result result)
    {
        var info = result.Info;
        yield return Finding.Good(
            $"{Subject} {result.Durability.Server}",
            $"version {info.Version?.ToString() ?? "unknown"}, appendonly {Word(info.AppendOnly)}, appendfsync {result.AppendFsync ?? "unknown"}, "
            + $"maxmemory-policy {info.EvictionPolicy ?? "unknown"}, {info.OnlineReplicas?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown"} replicas online");
        foreach (var finding in result.Durability.Findings)
        {
            yield return new Finding(finding.Severity == RedisFindingSeverity.Error ? FindingLevel.Failure : FindingLevel.Warning, Subject, finding.Sentence);
        }
    }

    private static string Word(bool? setting) => setting switch
    {
        true => "yes",
        false => "no",
        null => "unknown",
    };
}
