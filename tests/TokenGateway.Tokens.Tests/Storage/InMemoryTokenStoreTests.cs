using TokenGateway.Simulation.Stores;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>The simulation's store keeps the contract of the real ones.</summary>
public sealed class InMemoryTokenStoreTests : TokenStoreConformance
{
    private readonly InMemoryServer _server = new(TimeProvider.System.GetUtcNow);
    private readonly InMemoryCache _cache = new(TimeProvider.System.GetUtcNow);

    private protected override async Task<StoreInstance> OpenInstanceAsync()
    {
        var store = new InMemoryTokenStore(_server);
        await store.StartAsync(CancellationToken.None);
        return new StoreInstance(new TokenStorage(store, _cache));
    }
}
