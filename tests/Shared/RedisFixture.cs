namespace TokenGateway.Testing;

/// <summary>One Redis for all tests of a class or collection; each takes a key prefix of its own.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    private RedisServer? _server;

    public RedisServer Server => _server ?? throw new InvalidOperationException("The fixture has not been initialised.");

    public async Task InitializeAsync()
    {
        _server = await RedisServer.StartSharedAsync();
        Console.WriteLine($"Redis tests use {_server.Description}.");
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
