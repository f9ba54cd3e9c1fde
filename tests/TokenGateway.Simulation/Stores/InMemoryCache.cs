using Microsoft.Extensions.Caching.Distributed;

namespace TokenGateway.Simulation.Stores;

/// <summary>The store's cache, shared by all its instances.</summary>
internal sealed class InMemoryCache(Func<DateTimeOffset> now) : IDistributedCache
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (byte[] Value, DateTimeOffset Until)> _entries = new(StringComparer.Ordinal);

    public byte[]? Get(string key)
    {
        lock (_gate)
        {
            return _entries.TryGetValue(key, out var entry) && now() < entry.Until ? entry.Value : null;
        }
    }

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => Task.FromResult(Get(key));

    public void Refresh(string key)
    {
        // Nothing here slides.
    }

    public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

    public void Remove(string key)
    {
        lock (_gate)
        {
            _entries.Remove(key);
        }
    }

    public Task RemoveAsync(string key, CancellationToken token = default)
    {
        Remove(key);
        return Task.CompletedTask;
    }

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options)
    {
        lock (_gate)
        {
            _entries[key] = (value, now() + (options.AbsoluteExpirationRelativeToNow ?? TimeSpan.FromDays(1)));
        }
    }

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        Set(key, value, options);
        return Task.CompletedTask;
    }
}
