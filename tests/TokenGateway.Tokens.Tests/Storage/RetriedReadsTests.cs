using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Tests.Storage;

public sealed class RetriedReadsTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_read_is_tried_three_times_and_a_write_once()
    {
        var store = new FailingStore(failures: int.MaxValue);
        await using var retried = new RetriedReads(store, Timeout, TimeProvider.System, RandomSource.System);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => retried.ReadAsync("plum"));
        Assert.Equal(3, store.Calls);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => retried.ReadHistoryAsync("plum", CancellationToken.None));
        Assert.Equal(6, store.Calls);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => retried.WriteAsync("plum", null, "r1"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => retried.AcquireAsync("plum", "lease"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => retried.RenewAsync("plum", "lease", 1));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => retried.ReleaseAsync("plum", "lease"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => retried.AppendHistoryAsync("plum", default, CancellationToken.None));
        Assert.Equal(11, store.Calls);
    }

    [Fact]
    public async Task A_read_that_works_at_the_second_try_is_answered()
    {
        await using var retried = new RetriedReads(new FailingStore(failures: 1), Timeout, TimeProvider.System, RandomSource.System);

        Assert.Null((await retried.ReadAsync("plum")).Record);
    }

    [Fact]
    public async Task A_read_that_hangs_is_given_up_within_one_operation_timeout()
    {
        var store = new FailingStore(failures: 0) { Hangs = true };
        await using var retried = new RetriedReads(store, TimeSpan.FromMilliseconds(200), TimeProvider.System, RandomSource.System);

        var started = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => retried.ReadAsync("plum"));

        Assert.Equal(1, store.Calls);
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(190));
    }

    [Fact]
    public async Task Cancelling_a_read_is_not_a_failure_of_the_store()
    {
        using var cancellation = new CancellationTokenSource();
        await using var retried = new RetriedReads(new FailingStore(0) { Hangs = true }, Timeout * 60, TimeProvider.System, RandomSource.System);

        var read = retried.ReadAsync("plum", cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    private sealed class FailingStore(int failures) : ITokenStore
    {
        public event Action<string, StoredRecord>? Announced { add { } remove { } }

        public event Action? Reconnected { add { } remove { } }

        public int Calls { get; private set; }

        public bool Hangs { get; init; }

        public bool MayForget => false;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => AnswerAsync<IReadOnlyList<string>>([], cancellationToken);

        public Task<StoreSnapshot> ReadAsync(string credential, CancellationToken cancellationToken) =>
            AnswerAsync(new StoreSnapshot(null, 0, null, default), cancellationToken);

        public Task<AcquireResult> AcquireAsync(string credential, LeaseRequest request, CancellationToken cancellationToken) =>
            AnswerAsync<AcquireResult>(null!, cancellationToken);

        public Task<bool> RenewAsync(string credential, string leaseId, TimeSpan duration, CancellationToken cancellationToken) =>
            AnswerAsync(true, cancellationToken);

        public Task ReleaseAsync(string credential, string leaseId, CancellationToken cancellationToken) => AnswerAsync(true, cancellationToken);

        public Task<WriteOutcome> WriteAsync(string credential, RecordWrite write, CancellationToken cancellationToken) =>
            AnswerAsync(WriteOutcome.Written, cancellationToken);

        public Task AppendHistoryAsync(string credential, ReadOnlyMemory<byte> entry, CancellationToken cancellationToken) =>
            AnswerAsync(true, cancellationToken);

        public Task<IReadOnlyList<ReadOnlyMemory<byte>>> ReadHistoryAsync(string credential, CancellationToken cancellationToken) =>
            AnswerAsync<IReadOnlyList<ReadOnlyMemory<byte>>>([], cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private async Task<T> AnswerAsync<T>(T answer, CancellationToken cancellationToken)
        {
            if (Hangs)
            {
                Calls++;
                await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            return ++Calls <= failures ? throw new StoreUnavailableException("away") : answer;
        }
    }
}
