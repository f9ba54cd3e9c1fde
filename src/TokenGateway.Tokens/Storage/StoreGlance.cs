namespace TokenGateway.Tokens.Storage;

/// <summary>
/// Reads a credential's record on behalf of requests, beside the agent's own polling. All who ask within a second, while the same record is in
/// memory, share one read, however many they are.
/// </summary>
internal sealed class StoreGlance(string credential, ITokenStore store, TimeProvider time, Action<StoredRecord> found)
{
    private static readonly TimeSpan Shared = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task _glance = Task.CompletedTask;
    private long? _began;
    private string? _known;

    /// <summary>Ends when what the store has was handed on. A store that is away, or cannot be read, has nothing.</summary>
    /// <param name="known">The id of the record in memory, beside which an older read says nothing; null where there is none.</param>
    public Task TakeAsync(string? known)
    {
        lock (_gate)
        {
            if (_glance.IsCompleted && (_began is not { } began || _known != known || time.GetElapsedTime(began) >= Shared))
            {
                (_began, _known) = (time.GetTimestamp(), known);
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
