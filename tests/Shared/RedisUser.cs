namespace TokenGateway.Testing;

/// <summary>The Redis user that docs/security.md tells people to make, word by word.</summary>
internal static class RedisUser
{
    private const string Begin = "user tokengateway ";

    private static readonly string[] Words = Read();

    /// <summary>As in <c>+config|get</c>, without the plus.</summary>
    public static IReadOnlyList<string> Commands { get; } = [.. Words.Where(word => word.StartsWith('+')).Select(word => word[1..])];

    /// <summary>The rules for <c>ACL SETUSER</c>.</summary>
    /// <param name="prefix">Stands in for <c>Store:KeyPrefix</c>.</param>
    /// <param name="password">Stands in for the password.</param>
    /// <param name="without">A command that is taken away from it.</param>
    public static string[] Rules(string prefix, string password, string? without = null) =>
        [.. Words.Where(word => word != "+" + without).Select(word => word.Replace("PASSWORD", password, StringComparison.Ordinal).Replace("tokengateway:", prefix, StringComparison.Ordinal))];

    private static string[] Read()
    {
        var lines = RepositoryFile.Read("docs/security.md").Split('\n').SkipWhile(line => !line.StartsWith(Begin, StringComparison.Ordinal)).TakeWhile(line => line != "```");
        return string.Join(' ', lines)[Begin.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }
}
