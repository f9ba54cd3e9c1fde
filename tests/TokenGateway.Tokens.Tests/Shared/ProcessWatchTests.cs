using System.Diagnostics;
using TokenGateway.Testing;

namespace TokenGateway.Tokens.Tests.Shared;

public sealed class ProcessWatchTests
{
    [Fact]
    public async Task What_the_host_has_not_ended_ends_with_it_and_nothing_else_does()
    {
        using var left = Process.Start("sleep", "1000");
        using var ended = Process.Start("sleep", "1000");
        using (var watch = new ProcessWatch())
        {
            watch.Begin(left);
            watch.Begin(ended);
            watch.End(ended);
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        await left.WaitForExitAsync(limit.Token);
        Assert.False(ended.HasExited);
        ended.Kill();
    }
}
