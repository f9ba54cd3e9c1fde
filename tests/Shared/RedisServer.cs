namespace TokenGateway.Testing;

/// <summary>
/// A real Redis on loopback, with its data on disk. The shared one is a container if an engine answers, else the server that
/// TOKENGATEWAY_TEST_REDIS names, else a <c>redis-server</c> from the PATH; one that a test may break is its own process or container.
/// </summary>
public abstract class RedisServer : IAsyncDisposable
{
    private const string Image = "redis:7.0";
    private const string Variable = "TOKENGATEWAY_TEST_REDIS";

    internal static readonly string[] Durable = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""];

    /// <summary>A StackExchange.Redis configuration string.</summary>
    public abstract string ConnectionString { get; }

    /// <summary>Which kind of server was chosen, and why; for the test's output.</summary>
    public abstract string Description { get; }

    /// <summary>A server for tests that only use it, under their own key prefix.</summary>
    public static async Task<RedisServer> StartSharedAsync()
    {
        string engine;
        try
        {
            return await RedisContainerServer.StartAsync(Image, Durable);
        }
        catch (Exception exception)
        {
            engine = $"no container of {Image} could be started ({exception.Message.Split('\n')[0]})";
        }

        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } configured)
        {
            return new ConfiguredRedisServer(configured, $"the server of {Variable}, since {engine}");
        }

        return RedisProcess.Executable is { } executable
            ? await RedisProcess.StartAsync(executable, Durable, $", since {engine}")
            : throw Missing($"set {Variable} to a connection string");
    }

    /// <summary>A server for a test that kills, fills or reconfigures it.</summary>
    /// <param name="arguments">Further arguments of <c>redis-server</c>.</param>
    public static async Task<RedisServer> StartOwnAsync(params string[] arguments)
    {
        if (RedisProcess.Executable is { } executable)
        {
            return await RedisProcess.StartAsync(executable, [.. Durable, .. arguments], "");
        }

        try
        {
            return await RedisContainerServer.StartAsync(Image, [.. Durable, .. arguments]);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw Missing("install redis-server 7.0 or later, as this test restarts it");
        }
    }

    /// <summary>Ends the server at once, as a crash would.</summary>
    public abstract Task KillAsync();

    /// <summary>Starts it again at the same address, with the data it had.</summary>
    public abstract Task RestartAsync();

    public abstract ValueTask DisposeAsync();

    private static InvalidOperationException Missing(string otherwise) =>
        new($"These tests need a real Redis: start a container engine that can run {Image}, or {otherwise}, or put redis-server on the PATH.");

    private sealed class ConfiguredRedisServer(string connectionString, string description) : RedisServer
    {
        public override string ConnectionString => connectionString;

        public override string Description => description;

        public override Task KillAsync() => throw new NotSupportedException("This server belongs to someone else.");

        public override Task RestartAsync() => throw new NotSupportedException("This server belongs to someone else.");

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
