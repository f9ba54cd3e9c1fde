using TokenGateway.Tests.Gateway;

namespace TokenGateway.Tests.Security;

/// <summary>Requests whose end two servers could see at different places are refused, before anything of them is forwarded.</summary>
public sealed class SmugglingTests
{
    private const string Head = "POST /plum/a HTTP/1.1\r\nHost: localhost\r\n";

    [Theory]
    [InlineData("length and chunks", Head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("chunks and length", Head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n")]
    [InlineData("two lengths", Head + "Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde")]
    [InlineData("one length twice", Head + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc")]
    [InlineData("a list of lengths", Head + "Content-Length: 3, 3\r\n\r\nabc")]
    [InlineData("a hexadecimal length", Head + "Content-Length: 0x3\r\n\r\nabc")]
    [InlineData("chunked twice", Head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("chunked twice in a list", Head + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("another coding before", Head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("identity before", Head + "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("an unknown coding", Head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")]
    [InlineData("a coding with a parameter", Head + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n")]
    [InlineData("a vertical tab before the coding", Head + "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n")]
    [InlineData("an empty coding", Head + "Transfer-Encoding:\r\nContent-Length: 3\r\n\r\nabc")]
    [InlineData("chunks in HTTP/1.0", "POST /plum/a HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("space before the colon", Head + "Content-Length : 3\r\n\r\nabc")]
    [InlineData("a folded line", Head + "X-A: b\r\n c: d\r\n\r\n")]
    [InlineData("a folded first line", "GET /plum/a HTTP/1.1\r\n Host: localhost\r\n\r\n")]
    [InlineData("a bare LF after the request line", "GET /plum/a HTTP/1.1\nHost: localhost\r\n\r\n")]
    [InlineData("a bare LF after a header", "GET /plum/a HTTP/1.1\r\nHost: localhost\nX-A: b\r\n\r\n")]
    [InlineData("bare LFs everywhere", "GET /plum/a HTTP/1.1\nHost: localhost\n\n")]
    [InlineData("a bare CR in a header", "GET /plum/a HTTP/1.1\r\nHost: localhost\r\nX-A: b\rX-B: c\r\n\r\n")]
    [InlineData("a NUL in a header", "GET /plum/a HTTP/1.1\r\nHost: localhost\r\nX-A: b\0c\r\n\r\n")]
    [InlineData("an LF in a chunk's extension", Head + "Transfer-Encoding: chunked\r\n\r\n3;a\nb\r\nabc\r\n0\r\n\r\n")]
    [InlineData("an LF at the end of a chunk's size", Head + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n")]
    [InlineData("a CR in a chunk's extension", Head + "Transfer-Encoding: chunked\r\n\r\n3;a\rb\r\nabc\r\n0\r\n\r\n")]
    [InlineData("a signed chunk size", Head + "Transfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n")]
    [InlineData("a hexadecimal prefix on a chunk's size", Head + "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n")]
    [InlineData("two hosts", "GET /plum/a HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n")]
    [InlineData("no host", "GET /plum/a HTTP/1.1\r\n\r\n")]
    public async Task Ambiguous_request_is_refused(string what, string request)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.Routes(upstream.Url, "plum"), new ScriptedTokens("plum"));
        using var client = await RawClient.ConnectAsync(gateway.Proxy.BaseAddress!);

        await client.SendAsync(request);
        var answer = await client.ReadAnswerAsync();

        Assert.True(answer?.Status == 400, $"{what}: {answer?.Head}");
        Assert.All(upstream.Requests, seen => Assert.Fail($"{what}: the upstream was sent {seen.Method} {seen.Target}"));
        await client.WaitForEndAsync(TimeSpan.FromSeconds(10)); // What follows on such a connection is nobody's.
    }

    [Theory]
    [InlineData(Head + "Content-Length: 3\r\n\r\nabc")]
    [InlineData(Head + "Content-Length: +3\r\n\r\nabc")] // Kestrel reads this; the upstream is sent a plain 3.
    [InlineData(Head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")]
    [InlineData(Head + "Transfer-Encoding: Chunked\r\n\r\n3;name=value\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n")]
    public async Task Clear_request_passes(string request)
    {
        await using var upstream = new RawUpstream();
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.Routes(upstream.Url, "plum"), new ScriptedTokens("plum"));

        var answer = await RawClient.AskAsync(gateway.Proxy.BaseAddress!, request);

        Assert.Equal(200, answer.Status);
        Assert.Equal("abc", Assert.Single(upstream.Requests).Body);
    }
}
