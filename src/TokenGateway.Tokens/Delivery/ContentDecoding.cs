using System.IO.Compression;

namespace TokenGateway.Tokens.Delivery;

/// <summary>Unpacks the beginning of a body that the API has packed, as the caller asked it to.</summary>
internal static class ContentDecoding
{
    /// <summary>What of the packed bytes can be unpacked, at most 4 KiB; the bytes as they are where the encoding is unknown.</summary>
    public static ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> packed, string encoding)
    {
        using var source = new MemoryStream(packed.ToArray(), writable: false);
        using Stream? unpacking = encoding.Trim().ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(source, CompressionMode.Decompress),
            "deflate" => new ZLibStream(source, CompressionMode.Decompress),
            "br" => new BrotliStream(source, CompressionMode.Decompress),
            _ => null,
        };
        return unpacking is null ? packed : ReadWhatThereIs(unpacking);
    }

    private static ReadOnlyMemory<byte> ReadWhatThereIs(Stream unpacking)
    {
        var text = new byte[PeekedStream.Most];
        var count = 0;
        try
        {
            for (int read; count < text.Length && (read = unpacking.Read(text, count, text.Length - count)) > 0;)
            {
                count += read;
            }
        }
        catch (Exception error) when (error is InvalidDataException or IOException or InvalidOperationException)
        {
            // It breaks off where our bytes end, or is not what its header says.
        }

        return text.AsMemory(0, count);
    }
}
