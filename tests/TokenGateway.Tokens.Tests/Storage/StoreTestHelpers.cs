using System.Collections.Concurrent;
using System.Text;
using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Tests.Storage;

internal static class StoreTestHelpers
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public static StoredRecord Record(string revision) => new(revision, Encoding.UTF8.GetBytes("document of " + revision));

    public static Task<WriteOutcome> WriteAsync(
        this ITokenStore store, string credential, string? expected, string revision, LeaseGuard? guard = null, bool announce = false, long minimumFence = 0) =>
        store.WriteAsync(credential, new RecordWrite(expected, Record(revision), guard, announce, minimumFence), CancellationToken.None);

    public static Task<StoreSnapshot> ReadAsync(this ITokenStore store, string credential) => store.ReadAsync(credential, CancellationToken.None);

    public static Task<AcquireResult> AcquireAsync(this ITokenStore store, string credential, string leaseId, int milliseconds = 60_000, int? staleAfter = null) =>
        store.AcquireAsync(
            credential,
            new LeaseRequest(
                leaseId, "owner of " + leaseId, TimeSpan.FromMilliseconds(milliseconds), staleAfter is { } silence ? TimeSpan.FromMilliseconds(silence) : null),
            CancellationToken.None);

    public static Task<bool> RenewAsync(this ITokenStore store, string credential, string leaseId, int milliseconds) =>
        store.RenewAsync(credential, leaseId, TimeSpan.FromMilliseconds(milliseconds), CancellationToken.None);

    public static Task ReleaseAsync(this ITokenStore store, string credential, string leaseId) =>
        store.ReleaseAsync(credential, leaseId, CancellationToken.None);

    /// <summary>Whether the write counts; false also where it was not known.</summary>
    public static async Task<bool> TryWriteAsync(this ITokenStore store, string credential, string? expected = null, string revision = "r1")
    {
        try
        {
            return await store.WriteAsync(credential, expected, revision) == WriteOutcome.Written;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    /// <summary>What the store holds, or null while it cannot be asked.</summary>
    public static async Task<StoreSnapshot?> TryReadAsync(this ITokenStore store, string credential)
    {
        try
        {
            return await store.ReadAsync(credential);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Asks until the answer is yes, for at most <see cref="Bound"/>.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Bound, TimeProvider.System);
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }
    }

    public static Task LeaseIsGoneAsync(this ITokenStore store, string credential) =>
        EventuallyAsync(async () => (await store.ReadAsync(credential)).Lease is null);
}

/// <summary>Collects announcements and signals each.</summary>
internal sealed class AnnouncementLog : IDisposable
{
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly ConcurrentQueue<(string Credential, StoredRecord Record)> _seen = [];

    public AnnouncementLog(ITokenStore store) => store.Announced += (credential, record) =>
    {
        _seen.Enqueue((credential, record));
        _arrived.Release();
    };

    public IEnumerable<string> Revisions => _seen.Select(seen => seen.Record.Revision);

    /// <summary>The next announcement, which must come within the bound.</summary>
    public async Task<(string Credential, StoredRecord Record)> NextAsync()
    {
        Assert.True(await _arrived.WaitAsync(StoreTestHelpers.Bound), "No announcement came.");
        Assert.True(_seen.TryDequeue(out var next));
        return next;
    }

    public void Dispose() => _arrived.Dispose();
}
