using System.Buffers.Binary;
using System.Text;

namespace TokenGateway.Tokens.Storage.Redis;

/// <summary>The message that write.lua publishes: credential and revision, each after its length in 4 bytes, then the document.</summary>
internal static class RedisAnnouncement
{
    public static bool TryParse(ReadOnlyMemory<byte> message, out string credential, out StoredRecord record)
    {
        record = null!;
        if (!TryTake(ref message, out credential) || !TryTake(ref message, out var revision))
        {
            return false;
        }

        record = new StoredRecord(revision, message);
        return true;
    }

    private static bool TryTake(ref ReadOnlyMemory<byte> message, out string text)
    {
        text = "";
        if (!BinaryPrimitives.TryReadUInt32BigEndian(message.Span, out var length) || length > message.Length - sizeof(uint))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(message.Span.Slice(sizeof(uint), (int)length));
        message = message[(sizeof(uint) + (int)length)..];
        return true;
    }
}
