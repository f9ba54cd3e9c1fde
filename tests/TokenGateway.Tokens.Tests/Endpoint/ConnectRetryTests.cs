using System.Net.Sockets;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Tests.Endpoint;

/// <summary>Connecting is retried, because nothing has been sent by then; and not for ever.</summary>
public sealed class ConnectRetryTests
{
    private int _attempts;

    [Fact]
    public async Task Connect_that_fails_twice_succeeds_the_third_time()
    {
        await using var stream = await ConnectAsync(attempt => attempt < 3 ? throw new SocketException((int)SocketError.HostNotFound) : new MemoryStream());

        Assert.Equal(3, _attempts);
    }

    [Fact]
    public async Task Third_failure_is_the_last()
    {
        var failure = await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(_ => throw new SocketException((int)SocketError.ConnectionRefused)));

        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
        Assert.Equal(3, _attempts);
    }

    [Fact]
    public async Task Failure_that_is_not_the_network_is_not_retried()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => ConnectAsync(_ => throw new InvalidOperationException()));

        Assert.Equal(1, _attempts);
    }

    [Fact]
    public async Task Time_between_attempts_is_the_given_clock_s()
    {
        var time = TestProvider.FakeTime();
        var connecting = Connect(new ConnectRetry(time, RandomSource.System), attempt => attempt < 2 ? throw new SocketException() : new MemoryStream());

        Assert.Equal(1, _attempts);
        Assert.False(connecting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(5));
        await connecting;
        Assert.Equal(2, _attempts);
    }

    private async Task<Stream> ConnectAsync(Func<int, Stream> connect) =>
        await Connect(new ConnectRetry(TimeProvider.System, RandomSource.System), connect);

    private Task<Stream> Connect(ConnectRetry retry, Func<int, Stream> connect) =>
        retry.ConnectAsync(_ => ValueTask.FromResult(connect(++_attempts)), CancellationToken.None).AsTask();
}
