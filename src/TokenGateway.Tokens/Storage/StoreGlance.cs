namespace TokenGateway.Tokens.Storage;

/// <summary>Reads a credential's record on behalf of requests, beside the agent's own polling. All who ask within a second share one read, however many they are.</summary>
internal sealed class StoreGlance(string credential, ITokenStore store, TimeProvider time, Action<StoredRecord> found)
{
    private static readonly TimeSpan Shared = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task _glance = Task.CompletedTask;
    private long? _began;

    /// <summary>Ends when what the store has was handed on. A store that is away, or cannot be read, has nothing.</summary>
    public Task TakeAsync()
    {
        lock (_gate)
        {
            if (_glance.IsCompleted && (_began is not { } began || time.GetElapsedTime(began) >= Shared))
            {
                _began = time.GetTimestamp();
                _glance = ReadAsync();
            }

            return _glance;
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            if ((await store.ReadAsync(credential, CancellationToken.None)).Record is { } stored)
            {
                found(stored);
            }
        }
        catch (StoreUnavailableException)
        {
            // The agent's polling reports it.
        }
    }
}
