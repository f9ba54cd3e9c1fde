using CsCheck;
using TokenGateway.Tokens.Storage.Journal;
using TokenGateway.Tokens.Tests.Properties;
using Xunit.Abstractions;
using static TokenGateway.Tokens.Tests.Storage.Journal.JournalSamples;

namespace TokenGateway.Tokens.Tests.Storage.Journal;

/// <summary>Whatever happens to a file: every frame that was not hit is read, nothing is invented, nothing throws.</summary>
public sealed class JournalDamageTests(ITestOutputHelper output)
{
    private static readonly JournalFrames Frames = new(Keys());

    private static readonly Gen<JournalEntry> Entry = Gen.Select(Gen.Int[0, 2], Gen.Int[1, 9], Gen.Int[0, 90], (kind, number, size) => kind switch
    {
        0 => new AnswerKept(Answer(number, size: size) with { InFlight = Record(number, size / 2) }),
        1 => new RecordKept("plum", Record(number, size)),
        _ => (JournalEntry)new CredentialSettled("plum", Record(number, size), []),
    });

    private static readonly Gen<JournalEntry[]> Entries = Entry.Array[1, 5];

    private readonly Property _property = new(output);

    [Fact]
    public void Read_a_tail_torn_at_any_length_finds_what_is_before_it()
    {
        var file = new WrittenFile(Frames, [new AnswerKept(Answer(1)), new RecordKept("pear", Record(2)), new AnswerKept(Answer(3, size: 5))]);
        for (var length = 0; length <= file.Bytes.Length; length++)
        {
            AssertReads(file, file.Bytes[..length]);
            AssertReads(file, [.. file.Bytes[..length], .. new byte[4096]]);
        }
    }

    [Fact]
    public void Read_a_torn_tail_finds_what_is_before_it() =>
        _property.Holds(Gen.Select(Entries, Gen.Int[0, 5000], Gen.Int[0, 100]), sample =>
        {
            var file = new WrittenFile(Frames, sample.Item1);
            var length = Math.Min(sample.Item2 % (file.Bytes.Length + 1), file.Bytes.Length);
            AssertReads(file, [.. file.Bytes[..length], .. new byte[sample.Item3]]);
        });

    [Fact]
    public void Read_flipped_bits_costs_only_the_frames_they_are_in() =>
        _property.Holds(Gen.Select(Entries, Gen.Int[0, int.MaxValue].Array[1, 8]), sample =>
        {
            var file = new WrittenFile(Frames, sample.Item1);
            var bytes = file.Bytes.ToArray();
            foreach (var flip in sample.Item2)
            {
                bytes[flip / 8 % bytes.Length] ^= (byte)(1 << (flip % 8));
            }

            AssertReads(file, bytes);
        });

    [Fact]
    public void Read_overwritten_stretches_costs_only_the_frames_they_are_in() =>
        _property.Holds(Gen.Select(Entries, Gen.Int[0, 5000], Gen.Byte.Array[1, 200]), sample =>
        {
            var file = new WrittenFile(Frames, sample.Item1);
            var bytes = file.Bytes.ToArray();
            var start = sample.Item2 % bytes.Length;
            sample.Item3.AsSpan(0, Math.Min(sample.Item3.Length, bytes.Length - start)).CopyTo(bytes.AsSpan(start));
            AssertReads(file, bytes);
        });

    [Fact]
    public void Read_anything_at_all_invents_nothing() =>
        _property.Holds(Gen.Select(Gen.Byte.Array[0, 300], Gen.Bool), sample =>
        {
            var bytes = sample.Item2 ? [.. "TGJ1"u8, .. sample.Item1] : sample.Item1;
            Assert.Empty(Frames.Read(bytes).Entries);
        });

    [Fact]
    public void Decode_any_plaintext_is_an_entry_or_nothing_and_takes_no_more_memory_than_it_has() =>
        _property.Holds(Gen.Select(Entry, Gen.Select(Gen.Int[0, 5000], Gen.Byte).Array[0, 6], Gen.Int[0, 5000]), sample =>
        {
            var (entry, changes, length) = sample;
            var plaintext = JournalEntryCodec.Encode(entry);
            foreach (var (index, value) in changes)
            {
                plaintext[index % plaintext.Length] = value;
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            var decoded = JournalEntryCodec.Decode(plaintext[..Math.Min(length, plaintext.Length)]);

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
            Assert.True(decoded is null || Text(decoded).Length > 0);
        });

    private static void AssertReads(WrittenFile file, byte[] bytes)
    {
        var reading = Frames.Read(bytes);

        Assert.Equal(file.Intact(bytes).Select(Text), reading.Entries.Select(Text));
        Assert.Equal(0, reading.Foreign);
    }
}
