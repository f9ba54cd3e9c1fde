using System.Text;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Storage.Journal;

/// <summary>Between an entry and the plaintext of its frame.</summary>
internal static class JournalEntryCodec
{
    /// <summary>The most, in bytes, that an answer takes beside its body and its record: names, ids and numbers.</summary>
    public const int AnswerOverhead = 2048;

    private enum Kind : byte
    {
        Answer = 1,
        Record = 2,
        Settled = 3,
    }

    public static byte[] Encode(JournalEntry entry)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        switch (entry)
        {
            case AnswerKept(var answer):
                Start(writer, Kind.Answer, entry.Credential);
                Write(writer, answer);
                break;
            case RecordKept(_, var record):
                Start(writer, Kind.Record, entry.Credential);
                Write(writer, record);
                break;
            case CredentialSettled(_, var record, var kept):
                Start(writer, Kind.Settled, entry.Credential);
                Write(writer, record);
                writer.Write(kept.Count);
                foreach (var attemptId in kept)
                {
                    writer.Write(attemptId);
                }

                break;
        }

        return stream.ToArray();
    }

    /// <summary>The entry, or null where this version does not know its kind or its layout.</summary>
    public static JournalEntry? Decode(byte[] plaintext)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(plaintext), Encoding.UTF8);
            var kind = (Kind)reader.ReadByte();
            var credential = reader.ReadString();
            return kind switch
            {
                Kind.Answer => new AnswerKept(ReadAnswer(reader, credential)),
                Kind.Record => new RecordKept(credential, ReadRecord(reader)),
                Kind.Settled => new CredentialSettled(credential, ReadRecord(reader), ReadKept(reader)),
                _ => null,
            };
        }
        catch (Exception error) when (error is IOException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static void Start(BinaryWriter writer, Kind kind, string credential)
    {
        writer.Write((byte)kind);
        writer.Write(credential);
    }

    private static void Write(BinaryWriter writer, StoredRecord record)
    {
        writer.Write(record.Revision);
        Write(writer, record.Document);
    }

    private static void Write(BinaryWriter writer, ReadOnlyMemory<byte> bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes.Span);
    }

    private static void Write(BinaryWriter writer, JournaledAnswer answer)
    {
        Write(writer, answer.InFlight);
        writer.Write(answer.AttemptId);
        writer.Write(answer.NextId);
        writer.Write(answer.By);
        writer.Write(answer.Took.Ticks);
        writer.Write(answer.Answer.Status);
        writer.Write(answer.Answer.Complete);
        writer.Write(answer.Answer.RetryAfter.HasValue);
        writer.Write(answer.Answer.RetryAfter.GetValueOrDefault().Ticks);
        writer.Write(answer.Answer.RequestedAt.UtcTicks);
        Write(writer, answer.Answer.Body);
        writer.Write(answer.Answer.ContentType ?? "");
        writer.Write(answer.Answer.ContentEncoding ?? "");
        writer.Write(answer.Answer.EndsWithConnection);
    }

    private static StoredRecord ReadRecord(BinaryReader reader) => new(reader.ReadString(), ReadBytes(reader));

    private static List<string> ReadKept(BinaryReader reader)
    {
        var kept = new List<string>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            kept.Add(reader.ReadString());
        }

        return kept;
    }

    private static byte[] ReadBytes(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        var left = reader.BaseStream.Length - reader.BaseStream.Position;
        return length >= 0 && length <= left ? reader.ReadBytes(length) : throw new EndOfStreamException();
    }

    private static JournaledAnswer ReadAnswer(BinaryReader reader, string credential) => new(
        credential,
        ReadRecord(reader),
        AttemptId: reader.ReadString(),
        NextId: reader.ReadString(),
        By: reader.ReadString(),
        Took: new TimeSpan(reader.ReadInt64()),
        ReadRaw(reader));

    private static RawAnswer ReadRaw(BinaryReader reader)
    {
        var status = reader.ReadInt32();
        var complete = reader.ReadBoolean();
        var hasRetryAfter = reader.ReadBoolean();
        var retryAfter = new TimeSpan(reader.ReadInt64());
        return new RawAnswer
        {
            Status = status,
            Complete = complete,
            RetryAfter = hasRetryAfter ? retryAfter : null,
            RequestedAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
            Body = ReadBytes(reader),
            ContentType = ReadHeader(reader),
            ContentEncoding = ReadHeader(reader),
            EndsWithConnection = reader.ReadBoolean(),
        };
    }

    private static string? ReadHeader(BinaryReader reader) => reader.ReadString() is { Length: > 0 } value ? value : null;
}
