using System.IO.Compression;
using System.Text;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Tests.Endpoint;

/// <summary>Bodies as servers pack them.</summary>
internal static class PackedBody
{
    /// <summary>The ways, by name: a <c>Content-Encoding</c>, or one that says less than is true.</summary>
    public static readonly string[] Ways = ["gzip", "x-gzip", "deflate", "raw deflate", "br", "deflate, gzip", "unsaid gzip", "said gzip"];

    public static RawAnswer Answer(byte[] body, string way, CompressionLevel level = CompressionLevel.SmallestSize) => new()
    {
        Status = 200,
        Body = Pack(body, way, level),
        Complete = true,
        ContentEncoding = way switch { "raw deflate" => "deflate", "unsaid gzip" => null, "said gzip" => "gzip", _ => way },
        RequestedAt = TestProvider.Now,
    };

    public static RawAnswer Answer(string body, string way) => Answer(Encoding.UTF8.GetBytes(body), way);

    private static byte[] Pack(byte[] body, string way, CompressionLevel level) => way switch
    {
        "gzip" or "x-gzip" or "unsaid gzip" => Through(body, packed => new GZipStream(packed, level)),
        "deflate" => Through(body, packed => new ZLibStream(packed, level)),
        "raw deflate" => Through(body, packed => new DeflateStream(packed, level)),
        "br" => Through(body, packed => new BrotliStream(packed, level)),
        "deflate, gzip" => Pack(Pack(body, "deflate", level), "gzip", level),
        "said gzip" => body,
        _ => throw new ArgumentOutOfRangeException(nameof(way)),
    };

    private static byte[] Through(byte[] body, Func<Stream, Stream> open)
    {
        using var packed = new MemoryStream();
        using (var stream = open(packed))
        {
            stream.Write(body);
        }

        return packed.ToArray();
    }
}
