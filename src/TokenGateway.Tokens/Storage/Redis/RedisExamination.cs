using System.Collections.Concurrent;
using StackExchange.Redis;

namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>Asks a server how durable it is. What an ACL does not let it answer stays unknown.</summary>
internal sealed class RedisExamination(bool allowVolatile)
{
    // A setting that only CONFIG tells is asked for once per start of a server: where that is forbidden, each try is an entry in the server's ACL log.
    private readonly ConcurrentDictionary<string, string?> _appendFsync = new(StringComparer.Ordinal);

    public sealed record Result(RedisServerInfo Info, string? AppendFsync, RedisDurability Durability);

    /// <exception cref="RedisException">There was no answer.</exception>
    public async Task<Result> AskAsync(IServer server)
    {
        var info = await InfoAsync(server);
        var appendFsync = await AppendFsyncAsync(server, info.RunId);
        var address = server.EndPoint.ToString()!;
        return new Result(info, appendFsync, RedisDurability.Of(address, info, appendFsync, allowVolatile));
    }

    private static async Task<RedisServerInfo> InfoAsync(IServer server)
    {
        try
        {
            return RedisServerInfo.Parse((string)(await server.ExecuteAsync("INFO", RedisServerInfo.Sections))!);
        }
        catch (RedisServerException exception) when (exception.Kind == RedisErrorKind.NoPermission)
        {
            return RedisServerInfo.Unknown;
        }
        catch (RedisServerException)
        {
            // Before 7.0, INFO took one section.
            return RedisServerInfo.Parse((string)(await server.ExecuteAsync("INFO"))!);
        }
    }

    private async Task<string?> AppendFsyncAsync(IServer server, string? runId)
    {
        if (runId is not null && _appendFsync.TryGetValue(runId, out var known))
        {
            return known;
        }

        string? value;
        try
        {
            var answer = (RedisResult[])(await server.ExecuteAsync("CONFIG", "GET", "appendfsync"))!;
            value = answer.Length == 2 ? (string?)answer[1] : null;
        }
        catch (RedisServerException)
        {
            value = null;
        }

        if (runId is not null)
        {
            _appendFsync[runId] = value;
        }

        return value;
    }
}
