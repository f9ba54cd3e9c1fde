namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>The Lua scripts, each of which is one atomic step. The client sends a script's text once per server and its hash from then on.</summary>
internal static class RedisScripts
{
    public static readonly string Read = Load("read");
    public static readonly string Acquire = Load("acquire");
    public static readonly string Renew = Load("renew");
    public static readonly string Release = Load("release");
    public static readonly string Write = Load("write");
    public static readonly string AddName = Load("add-name");
    public static readonly string AppendHistory = Load("append-history");

    private static string Load(string name)
    {
        using var stream = typeof(RedisScripts).Assembly.GetManifestResourceStream($"TokenGateway.Tokens.Storage.Redis.Scripts.{name}.lua")
            ?? throw new InvalidOperationException($"The script {name}.lua is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
