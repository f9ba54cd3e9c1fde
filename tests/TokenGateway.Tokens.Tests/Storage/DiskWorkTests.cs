using TokenGateway.Tokens.Storage;

namespace TokenGateway.Tokens.Tests.Storage;

/// <summary>Which thread waits for a disk.</summary>
public sealed class DiskWorkTests
{
    [Fact]
    public async Task A_thread_of_the_pool_does_the_work_on_the_spot()
    {
        var (caller, isDone, worker) = await Task.Run(async () =>
        {
            var caller = Environment.CurrentManagedThreadId;
            var answer = Started(() => Environment.CurrentManagedThreadId);
            return (caller, answer.IsCompleted, await answer); // Not its Result, for which this thread would do the work itself.
        });

        Assert.True(isDone);
        Assert.Equal(caller, worker);
    }

    [Fact]
    public async Task Any_other_thread_leaves_it_to_the_pool()
    {
        var answer = new TaskCompletionSource<Task<bool>>();
        var thread = new Thread(() => answer.SetResult(Started(() => Thread.CurrentThread.IsThreadPoolThread)));
        thread.Start();

        Assert.True(await await answer.Task);
        thread.Join();
    }

    [Fact]
    public async Task Nothing_is_thrown_at_the_call_and_nothing_done_once_it_is_cancelled()
    {
        foreach (var onPool in new[] { true, false })
        {
            var failed = await CallAsync(() => Started<int>(() => throw new IOException("full")), onPool);
            var cancelled = await CallAsync(() => DiskWork.RunAsync<int>(() => throw new IOException("done all the same"), new CancellationToken(canceled: true)), onPool);

            Assert.Equal("full", (await Assert.ThrowsAsync<IOException>(() => failed)).Message);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        }
    }

    private static Task<T> Started<T>(Func<T> work) => DiskWork.RunAsync(work, CancellationToken.None);

    private static async Task<Task<T>> CallAsync<T>(Func<Task<T>> call, bool onPool)
    {
        if (onPool)
        {
            return await Task.Run(() => Task.FromResult(call()));
        }

        var made = new TaskCompletionSource<Task<T>>();
        new Thread(() => made.SetResult(call())).Start();
        return await made.Task;
    }
}
