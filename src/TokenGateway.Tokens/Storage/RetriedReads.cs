using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace TokenGateway.Tokens.Storage;

/// <summary>
/// Asks a store again when a read fails: up to twice, with jitter, and within one operation timeout. Only reads: a write that failed may still
/// be executed, and only its caller can tell what that means.
/// </summary>
internal sealed class RetriedReads : ITokenStore
{
    private readonly ITokenStore _store;
    private readonly ResiliencePipeline _reads;

    public RetriedReads(ITokenStore store, TimeSpan operationTimeout, TimeProvider time, RandomSource random)
    {
        _store = store;
        _reads = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(new TimeoutStrategyOptions { Timeout = operationTimeout })
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<StoreUnavailableException>(),
                MaxRetryAttempts = 2,
                Delay = operationTimeout / 20,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Randomizer = random.NextDouble,
            })
            .Build();
    }

    public event Action<string, StoredRecord>? Announced
    {
        add => _store.Announced += value;
        remove => _store.Announced -= value;
    }

    public event Action? Reconnected
    {
        add => _store.Reconnected += value;
        remove => _store.Reconnected -= value;
    }

    public bool MayForget => _store.MayForget;

    public Task StartAsync(CancellationToken cancellationToken) => _store.StartAsync(cancellationToken);

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        RetryAsync(static (store, _, token) => store.ListAsync(token), "", cancellationToken);

    public Task<StoreSnapshot> ReadAsync(string credential, CancellationToken cancellationToken) =>
        RetryAsync(static (store, credential, token) => store.ReadAsync(credential, token), credential, cancellationToken);

    public Task<AcquireResult> AcquireAsync(string credential, LeaseRequest request, CancellationToken cancellationToken) =>
        _store.AcquireAsync(credential, request, cancellationToken);

    public Task<bool> RenewAsync(string credential, string leaseId, TimeSpan duration, CancellationToken cancellationToken) =>
        _store.RenewAsync(credential, leaseId, duration, cancellationToken);

    public Task ReleaseAsync(string credential, string leaseId, CancellationToken cancellationToken) =>
        _store.ReleaseAsync(credential, leaseId, cancellationToken);

    public Task<WriteOutcome> WriteAsync(string credential, RecordWrite write, CancellationToken cancellationToken) =>
        _store.WriteAsync(credential, write, cancellationToken);

    public Task AppendHistoryAsync(string credential, ReadOnlyMemory<byte> entry, CancellationToken cancellationToken) =>
        _store.AppendHistoryAsync(credential, entry, cancellationToken);

    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadHistoryAsync(string credential, CancellationToken cancellationToken) =>
        RetryAsync(static (store, credential, token) => store.ReadHistoryAsync(credential, token), credential, cancellationToken);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    /// <summary>Where the answer is there at once, as the embedded store's is, nothing is set up for waiting or trying again.</summary>
    private Task<T> RetryAsync<T>(Func<ITokenStore, string, CancellationToken, Task<T>> read, string credential, CancellationToken cancellationToken)
    {
        var first = read(_store, credential, cancellationToken);
        return first.IsCompletedSuccessfully ? first : RetryAsync(first, read, credential, cancellationToken);
    }

    private async Task<T> RetryAsync<T>(Task<T>? first, Func<ITokenStore, string, CancellationToken, Task<T>> read, string credential, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, cancellationToken);
        StoreUnavailableException? last = null;
        try
        {
            return await _reads.ExecuteAsync(async attempt =>
            {
                var begun = first;
                first = null;
                try
                {
                    return await (begun?.WaitAsync(attempt.CancellationToken) ?? read(_store, credential, attempt.CancellationToken));
                }
                catch (StoreUnavailableException exception)
                {
                    last = exception;
                    throw;
                }
            }, context);
        }
        catch (TimeoutRejectedException)
        {
            throw last ?? new StoreUnavailableException("The store did not answer within TokenGateway:Store:OperationTimeout: check it, or allow more time.");
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
