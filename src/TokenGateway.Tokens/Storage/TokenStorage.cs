using Microsoft.Extensions.Caching.Distributed;

namespace TokenGateway.Tokens.Storage;

/// <summary>
/// A store, and the cache that lives beside it: usable from the store's start until its disposal. The cache throws what its backend throws;
/// a caller for whom it is only a help must take any exception for a miss.
/// </summary>
internal sealed record TokenStorage(ITokenStore Store, IDistributedCache Cache);
