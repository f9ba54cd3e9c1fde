using System.Buffers;
using TokenGateway.Proxy;

namespace TokenGateway.Tests.Proxy;

public sealed class ReplayableBodyTests
{
    private readonly byte[] _sent = [.. Enumerable.Range(1, 1_000).Select(number => (byte)(number % 255 + 1))];

    [Fact]
    public async Task What_was_read_is_read_again_and_then_what_the_client_has_still_to_send()
    {
        await using var body = new ReplayableBody(new MemoryStream(_sent), _sent.Length);
        await body.ReadExactlyAsync(new byte[600]);

        body.Rewind();

        var again = new byte[_sent.Length];
        await body.ReadExactlyAsync(again);
        Assert.Equal(_sent, again);
        Assert.Equal(0, await body.ReadAsync(new byte[1]));
    }

    /// <summary>Memory goes back into a pool, from which whoever rents next gets it as it is: on the same thread the same piece.</summary>
    [Fact]
    public async Task Memory_that_is_given_back_holds_nothing_of_a_client()
    {
        await using var body = new ReplayableBody(new MemoryStream(_sent), _sent.Length);
        await body.ReadExactlyAsync(new byte[_sent.Length]);

        body.Release();

        var next = ArrayPool<byte>.Shared.Rent(_sent.Length);
        Assert.Equal(-1, next.AsSpan().IndexOf(_sent.AsSpan(0, 20)));
        Assert.Equal(-1, next.AsSpan().IndexOf(_sent.AsSpan(_sent.Length - 20)));
        ArrayPool<byte>.Shared.Return(next);
    }
}
