using System.Buffers.Binary;
using CsCheck;
using TokenGateway.Tokens.Records;
using TokenGateway.Tokens.Storage;
using Xunit.Abstractions;

namespace TokenGateway.Tokens.Tests.Properties;

/// <summary>A stored record is the one that was stored, or it is unreadable; it is never another one, and never absent.</summary>
public sealed class RecordCodecRulesTests(ITestOutputHelper output)
{
    private const int PrefixSize = 5; // version and header length

    private static readonly SeededRandom Random = new(1);

    private static readonly RecordCodec Codec = new(new KeyRing([new byte[KeyRing.KeySize]], Random), Random);

    private readonly Property _property = new(output);

    [Fact]
    public void Record_comes_back_as_it_was() => _property.Holds(RecordGen.Any, record =>
    {
        var stored = Codec.Encode(record);

        RecordGen.AssertSame(record, Codec.Decode(record.Credential, stored));
    });

    [Fact]
    public void Record_with_any_bit_flipped_is_unreadable() =>
        _property.Holds(Gen.Select(RecordGen.Any, Gen.Double.Unit, Gen.Int[0, 7]), sample =>
        {
            var (record, place, bit) = sample;
            var stored = Codec.Encode(record);
            var document = stored.Document.ToArray();
            document[(int)(place * document.Length)] ^= (byte)(1 << bit);

            AssertUnreadable(record.Credential, stored with { Document = document });
        });

    [Fact]
    public void Record_that_is_cut_or_runs_on_is_unreadable() =>
        _property.Holds(Gen.Select(RecordGen.Any, Gen.Double.Unit, Gen.Byte.Array[1, 40]), sample =>
        {
            var (record, place, more) = sample;
            var stored = Codec.Encode(record);

            AssertUnreadable(record.Credential, stored with { Document = stored.Document[..(int)(place * stored.Document.Length)] });
            AssertUnreadable(record.Credential, stored with { Document = (byte[])[.. stored.Document.Span, .. more] });
        });

    [Fact]
    public void Secrets_of_one_record_under_the_header_of_another_are_unreadable() =>
        _property.Holds(Gen.Select(RecordGen.Any, RecordGen.Any, Gen.Bool), sample =>
        {
            var (record, another, sameCredential) = sample;
            var next = sameCredential ? record with { Generation = record.Generation / 2, Id = another.Id } : another;
            var stored = Codec.Encode(record);
            var other = Codec.Encode(next);

            AssertUnreadable(record.Credential, stored with { Document = (byte[])[.. Header(stored), .. Secrets(other)] });
            AssertUnreadable(record.Credential, stored with { Document = other.Document });
            AssertUnreadable(record.Credential + "x", stored);
        });

    [Fact]
    public void Bytes_that_nobody_wrote_are_unreadable() =>
        _property.Holds(Gen.Select(Gen.Byte.Array[0, 60], Gen.Bool, Gen.Int[0, 60]), sample =>
        {
            var (bytes, plausible, length) = sample;
            if (plausible && bytes.Length >= PrefixSize)
            {
                bytes[0] = 1;
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), length);
            }

            AssertUnreadable("plum", new StoredRecord("r1", bytes));
        });

    [Fact]
    public void Record_under_a_key_that_is_not_known_is_unreadable() => _property.Holds(RecordGen.Any, record =>
    {
        var other = new RecordCodec(new KeyRing([[.. Enumerable.Repeat((byte)1, KeyRing.KeySize)]], Random), Random);

        AssertUnreadable(record.Credential, other.Encode(record));
    });

    private static void AssertUnreadable(string credential, StoredRecord stored)
    {
        var error = Assert.Throws<UnreadableRecordException>(() => Codec.Decode(credential, stored));
        Assert.Null(error.InnerException);
    }

    private static ReadOnlySpan<byte> Header(StoredRecord stored) => stored.Document.Span[..HeaderEnd(stored)];

    private static ReadOnlySpan<byte> Secrets(StoredRecord stored) => stored.Document.Span[HeaderEnd(stored)..];

    private static int HeaderEnd(StoredRecord stored) => PrefixSize + BinaryPrimitives.ReadInt32LittleEndian(stored.Document.Span[1..]);
}
