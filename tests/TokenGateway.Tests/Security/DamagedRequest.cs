using System.Text;

namespace TokenGateway.Tests.Security;

/// <summary>A request, or several, with up to five damages done to it: the same for the same seed and number.</summary>
internal static class DamagedRequest
{
    /// <summary>Whole requests of every form. Each ends its connection, so that no case waits for the next request.</summary>
    private static readonly string[] Whole =
    [
        "GET /plum/a?q=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: */*\r\n\r\n",
        "GET /plum/a/b/c HTTP/1.1\r\nHost: localhost\r\nConnection: close, X-Named\r\nX-Named: 1\r\nCookie: a=b\r\nAuthorization: Bearer client\r\n\r\n",
        "POST /plum/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 11\r\nContent-Type: text/plain\r\n\r\nhello world",
        "POST /plum/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n",
        "PUT /plum/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n1\r\na\r\n0\r\nX-T: 1\r\n\r\n",
        "GET http://localhost/plum/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /plum/a HTTP/1.0\r\n\r\n",
        "HEAD /plum/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nKeep-Alive: timeout=5\r\nProxy-Authorization: Basic YTpi\r\nTokenGateway-Key: k\r\n\r\n",
        "GET /plum/a HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        "POST /plum/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok",
        "POST /plum/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhelloGET /plum/b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n",
        "TRACE /plum/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "POST /plum/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/grpc\r\nTE: trailers\r\nContent-Length: 5\r\n\r\n\0\0\0\0\0",
    ];

    private static readonly string[] Pieces =
    [
        "\r\n", "\n", "\r", "\r\n\r\n", "\n\n", "\0", " ", "\t", ":", ",", ";", "%", "\x7f", "\u0080", "ÿ", " HTTP/1.1\r\n", " HTTP/1.0\r\n", " HTTP/2.0\r\n", "0\r\n\r\n", "\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n", "transfer-encoding:\tchunked\r\n", "Transfer-Encoding : chunked\r\n", "Content-Length: 5\r\n", "Content-Length: 0\r\n",
        "Content-Length: -1\r\n", "Content-Length: 99999999999999999999\r\n", "X-Content-Length: 5\r\n", "Connection: X-Named\r\nX-Named: 1\r\n", "Connection: Authorization\r\n", "Connection: Content-Length, Host\r\n",
        "Authorization: Bearer evil\r\n", "authorization:Bearer evil\r\n", "Authorization\r\n", "Proxy-Authorization: Basic YTpi\r\n", "Proxy_Authorization: Basic YTpi\r\n", "TokenGateway-Key: k\r\n",
        "Host: evil.example\r\n", "Host: localhost\r\n", "Origin: http://evil.example\r\n", "Expect: 100-continue\r\n", "Upgrade: h2c\r\n", "Upgrade: websocket\r\nConnection: Upgrade\r\n", " folded: line\r\n",
        "../", "..%2f", "%2e%2e/", "%252e%252e%252f", "..\\", "..;/", "//", "/plum/", "http://evil.example/", "evil@", "?", "#", "*", "%00", "%0d%0a", "%zz",
        "GET ", "POST ", "TRACE ", "TRACK ", "CONNECT ", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", "ffffffffffffffff\r\n", "7fffffff\r\n", "-1\r\n", "3;a\nb\r\nabc\r\n",
    ];

    public static byte[] Make(int seed, int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) + number));
        var text = new StringBuilder(Whole[random.Next(Whole.Length)]);
        for (var damages = random.Next(6); damages > 0; damages--)
        {
            Damage(text, random);
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }

    private static void Damage(StringBuilder text, Random random)
    {
        var at = random.Next(text.Length + 1);
        var length = Math.Min(random.Next(1, 20), text.Length - at);
        switch (random.Next(9))
        {
            case 0 or 1 or 2:
                text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                break;
            case 3:
                InsertLine(text, Pieces[random.Next(Pieces.Length)], random);
                break;
            case 4:
                text.Remove(at, length);
                break;
            case 5:
                text.Insert(at, text.ToString(at, length));
                break;
            case 6 when at < text.Length:
                text[at] = (char)random.Next(256);
                break;
            case 7:
                text.Length = at;
                break;
            default:
                text.Append(Whole[random.Next(Whole.Length)]);
                break;
        }
    }

    /// <summary>Where a header may stand, so that most requests stay readable.</summary>
    private static void InsertLine(StringBuilder text, string piece, Random random)
    {
        var whole = text.ToString();
        var lines = whole.Split("\r\n").Length;
        var at = 0;
        for (var skip = random.Next(1, lines + 1); skip > 0 && whole.IndexOf("\r\n", at, StringComparison.Ordinal) is >= 0 and var end; skip--)
        {
            at = end + 2;
        }

        text.Insert(at, piece);
    }
}
