namespace TokenGateway.Testing;

/// <summary>The Redis users that docs/security.md tells people to make, word by word.</summary>
internal static class RedisUser
{
    private const string Begin = "user tokengateway ";

    private static readonly string[][] Users = ReadUsers();

    /// <summary>What every server is asked, as in <c>config|get</c>.</summary>
    public static IReadOnlyList<string> Commands { get; } = CommandsOf(Users[0]);

    /// <summary>What newer servers are asked besides.</summary>
    public static IReadOnlyList<string> OfNewer { get; } = Besides("Redis 7.2 and later, and Valkey");

    /// <summary>What the nodes of a Cluster are asked besides.</summary>
    public static IReadOnlyList<string> InCluster { get; } = Besides("in every node of a Cluster");

    /// <summary>What the servers that Sentinels watch are asked besides.</summary>
    public static IReadOnlyList<string> UnderSentinel { get; } = Besides("under Sentinel");

    /// <summary>The rules for <c>ACL SETUSER</c>.</summary>
    /// <param name="prefix">Stands in for <c>Store:KeyPrefix</c>.</param>
    /// <param name="password">Stands in for the password.</param>
    /// <param name="besides">Commands that this server is asked besides.</param>
    /// <param name="without">A command that is taken away from it.</param>
    public static string[] Rules(string prefix, string password, IEnumerable<string>? besides = null, string? without = null) =>
        [.. Users[0].Concat((besides ?? []).Select(command => "+" + command)).Where(word => word != "+" + without)
            .Select(word => word.Replace("PASSWORD", password, StringComparison.Ordinal).Replace("tokengateway:", prefix, StringComparison.Ordinal))];

    /// <inheritdoc cref="Rules"/>
    public static string[] RulesOfSentinels(string password) => [.. Users[1].Select(word => word.Replace("PASSWORD", password, StringComparison.Ordinal))];

    private static string[][] ReadUsers() =>
        [.. RepositoryFile.Read("docs/security.md").Split("```").Where((block, index) => index % 2 == 1 && block.TrimStart().StartsWith(Begin, StringComparison.Ordinal))
            .Select(block => block.Trim()[Begin.Length..].Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))];

    private static string[] Besides(string where)
    {
        var line = RepositoryFile.Read("docs/security.md").Split('\n').Single(line => line.StartsWith($"- {where}:", StringComparison.Ordinal));
        return CommandsOf(line.Split('`')[1].Split(' '));
    }

    private static string[] CommandsOf(string[] words) => [.. words.Where(word => word.StartsWith('+')).Select(word => word[1..])];
}
