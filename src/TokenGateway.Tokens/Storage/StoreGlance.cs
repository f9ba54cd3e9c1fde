namespace TokenGateway.Tokens.Storage;

/// <summary>Reads a credential's record on behalf of requests, beside the agent's own polling. All who ask at the same time share one read.</summary>
internal sealed class StoreGlance(string credential, ITokenStore store, Action<StoredRecord> found)
{
    private readonly Lock _gate = new();
    private Task _glance = Task.CompletedTask;

    /// <summary>Ends when what the store has was handed on. A store that is away, or cannot be read, has nothing.</summary>
    public Task TakeAsync()
    {
        lock (_gate)
        {
            return _glance.IsCompleted ? _glance = ReadAsync() : _glance;
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
