using System.Text;
using TokenGateway.Tokens.Records;

namespace TokenGateway.Tokens.Tests.Records;

public sealed class RecordCodecTests
{
    private static readonly byte[] Key1 = [.. Enumerable.Repeat((byte)1, 32)];
    private static readonly byte[] Key2 = [.. Enumerable.Repeat((byte)2, 32)];

    private static RecordCodec CodecWith(params byte[][] keys)
    {
        var random = new SeededRandom(1);
        return new RecordCodec(new KeyRing(keys, random), random);
    }

    [Fact]
    public void Decode_gives_back_all_that_was_encoded()
    {
        var codec = CodecWith(Key1);
        var record = RecordSamples.Ready() with
        {
            Ancestors = ["a", "b"],
            Attempts = [RecordSamples.Attempt(doubtful: true)],
            Rejection = "invalid_grant",
            AdoptedSeeds = ["s1"],
            SpentTokens = ["t1", "t2"],
            RefreshTokenExpiresAt = RecordSamples.Noon.AddDays(60),
            Took = TimeSpan.FromMilliseconds(12),
            NeedsAccessToken = true,
            RefusedSeed = "s1",
            OvertakenSeed = "s0",
            Spares = [SparePair.Of(RecordSamples.Ready() with { Attempts = [RecordSamples.Attempt()], RefreshToken = new Secret("refresh_token_0") }, SpareKind.Previous)],
        };

        var decoded = codec.Decode("plum", codec.Encode(record));

        Assert.Equal(record.Ancestors, decoded.Ancestors);
        Assert.Equal(record.Attempts, decoded.Attempts);
        Assert.Equal(record.AdoptedSeeds, decoded.AdoptedSeeds);
        Assert.Equal(record.SpentTokens, decoded.SpentTokens);
        Assert.Equal(record.Spares.Single().Attempts, decoded.Spares.Single().Attempts);
        Assert.Equal(record.Spares.Single().AccessToken, decoded.Spares.Single().AccessToken);
        Assert.Equal(record.Spares, decoded.Spares);
        Assert.Equal(record.Fingerprints.Reveal(), decoded.Fingerprints.Reveal());
        Assert.Equal(
            record with { Fingerprints = decoded.Fingerprints, Ancestors = decoded.Ancestors, Attempts = decoded.Attempts, AdoptedSeeds = decoded.AdoptedSeeds, SpentTokens = decoded.SpentTokens, Spares = decoded.Spares },
            decoded);
    }

    [Fact]
    public void Encode_leaves_no_token_readable()
    {
        var document = Encoding.Latin1.GetString(CodecWith(Key1).Encode(RecordSamples.Ready()).Document.Span);

        Assert.DoesNotContain("access_token_1", document, StringComparison.Ordinal);
        Assert.DoesNotContain("refresh_token_1", document, StringComparison.Ordinal);
        Assert.Contains("family_1", document, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_refuses_a_record_in_which_any_one_bit_was_flipped()
    {
        var codec = CodecWith(Key1);
        var stored = codec.Encode(RecordSamples.Ready());
        for (var bit = 0; bit < stored.Document.Length * 8; bit++)
        {
            var damaged = stored.Document.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<UnreadableRecordException>(() => codec.Decode("plum", stored with { Document = damaged }));
        }
    }

    [Fact]
    public void Decode_refuses_a_record_cut_at_any_byte()
    {
        var codec = CodecWith(Key1);
        var stored = codec.Encode(RecordSamples.Ready());
        for (var length = 0; length < stored.Document.Length; length++)
        {
            Assert.Throws<UnreadableRecordException>(() => codec.Decode("plum", stored with { Document = stored.Document[..length] }));
        }
    }

    [Fact]
    public void Decode_refuses_another_credentials_record_and_another_revision()
    {
        var codec = CodecWith(Key1);
        var stored = codec.Encode(RecordSamples.Ready());

        Assert.Throws<UnreadableRecordException>(() => codec.Decode("pear", stored));
        Assert.Throws<UnreadableRecordException>(() => codec.Decode("plum", stored with { Revision = "another" }));
    }

    [Fact]
    public void Decode_names_the_key_that_is_missing()
    {
        var stored = CodecWith(Key1).Encode(RecordSamples.Ready());

        var error = Assert.Throws<UnreadableRecordException>(() => CodecWith(Key2).Decode("plum", stored));

        Assert.Contains("TokenGateway:Encryption:Keys", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_key_encrypts_and_all_decrypt()
    {
        var old = CodecWith(Key1).Encode(RecordSamples.Ready());
        var both = CodecWith(Key2, Key1);

        Assert.Equal("id_1", both.Decode("plum", old).Id);
        Assert.Equal("id_1", CodecWith(Key2).Decode("plum", both.Encode(RecordSamples.Ready())).Id);
    }

    [Fact]
    public void Secrets_do_not_show_when_a_record_is_printed()
    {
        var printed = RecordSamples.Ready().ToString();

        Assert.DoesNotContain("token_1\"", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("access_token_1", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("refresh_token_1", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_of_another_length_are_refused() =>
        Assert.Throws<ArgumentException>(() => new KeyRing([new byte[16]], RandomSource.System));

}
