using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Logging.Abstractions;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>One process's view of a store: its own connections, its own announcements.</summary>
internal sealed class StoreInstance(TokenStorage storage) : IAsyncDisposable
{
    public ITokenStore Store => storage.Store;

    public IDistributedCache Cache => storage.Cache;

    public static async Task<StoreInstance> OpenAsync(StoreSettings settings, TimeProvider? time = null)
    {
        var storage = TokenStores.Create(settings, time ?? TimeProvider.System, RandomSource.System, NullLoggerFactory.Instance);
        try
        {
            await storage.Store.StartAsync(CancellationToken.None);
            return new StoreInstance(storage);
        }
        catch
        {
            await storage.Store.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => storage.Store.DisposeAsync();
}
