using TokenGateway.Testing;
using TokenGateway.Tokens.Configuration;
using Xunit.Abstractions;

namespace TokenGateway.Tokens.Tests.Storage;

public sealed class RedisTokenStoreTests : TokenStoreConformance, IClassFixture<RedisFixture>
{
    private readonly RedisServer _server;
    private readonly string _prefix = "test-" + RandomSource.System.NextId();

    public RedisTokenStoreTests(RedisFixture redis, ITestOutputHelper output)
    {
        _server = redis.Server;
        output.WriteLine(_server.Description);
    }

    private protected override Task<StoreInstance> OpenInstanceAsync() => StoreInstance.OpenAsync(new StoreSettings
    {
        Kind = StoreKind.Redis,
        Redis = new Secret(_server.ConnectionString),
        KeyPrefix = _prefix,
        OperationTimeout = TimeSpan.FromSeconds(10),
    });
}
