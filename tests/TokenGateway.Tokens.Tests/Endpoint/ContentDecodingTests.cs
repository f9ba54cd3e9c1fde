using System.Text;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Tests.Endpoint;

/// <summary>How a body is packed, and in which characters it is written, costs no pair.</summary>
public sealed class ContentDecodingTests
{
    private const string Form = "access_token=access_token_2&expires_in=28800&scope=&token_type=bearer&refresh_token=refresh_token_2";

    public static TheoryData<string> Ways => [.. PackedBody.Ways];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Packed_json_is_read(string way) => AssertPair(PackedBody.Answer(TestProvider.Answer, way));

    /// <summary>The refresh token comes last: that it is whole is known only because the packing ended where it should.</summary>
    [Theory]
    [MemberData(nameof(Ways))]
    public void Packed_form_is_read(string way) => AssertPair(PackedBody.Answer(Form, way));

    [Theory]
    [MemberData(nameof(Ways))]
    public void Packed_form_that_is_cut_has_no_half_refresh_token(string way)
    {
        var whole = PackedBody.Answer(Form, way);
        for (var length = 0; length < whole.Body.Length; length++)
        {
            // Only where the text itself is cut does the packing not show it.
            var result = Read(whole with { Body = whole.Body[..length], Complete = way != "said gzip" });

            Assert.IsType<TokenEndpointResult.InDoubt>(result);
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Packed_json_that_is_cut_gives_up_the_pair_once_it_is_there_and_is_in_doubt_before(string way)
    {
        var whole = PackedBody.Answer(TestProvider.Answer, way);
        var recovered = 0;
        for (var length = 0; length < whole.Body.Length; length++)
        {
            var result = Read(whole with { Body = whole.Body[..length], Complete = length % 2 == 0 });
            if (result is TokenEndpointResult.Granted { Grant: var grant })
            {
                Assert.Equal("refresh_token_2", grant.RefreshToken?.Reveal());
                recovered++;
            }
            else
            {
                Assert.IsType<TokenEndpointResult.InDoubt>(result);
            }
        }

        Assert.InRange(recovered, 8, whole.Body.Length);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Junk_after_a_cut_does_not_hide_the_pair_before_it(string way)
    {
        var whole = PackedBody.Answer(TestProvider.Answer + new string(' ', 200), way);
        byte[] body = [.. whole.Body.Span[..^9], .. "<!-- proxy error -->"u8];

        AssertPair(whole with { Body = body });
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("raw deflate")]
    [InlineData("br")]
    [InlineData("deflate, gzip")]
    public void Bomb_is_unpacked_to_64_KiB(string way)
    {
        var begin = TestProvider.Answer[..^1] + ",\"x\":\"";
        var bomb = PackedBody.Answer([.. Encoding.UTF8.GetBytes(begin), .. new byte[16 * 1024 * 1024]], way);

        var (body, complete) = ContentDecoding.Decode(bomb.Body, complete: true, bomb.ContentEncoding);

        Assert.Equal((AnswerBody.Limit, false), (body.Length, complete));
        AssertPair(bomb);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("zstd")]
    [InlineData("gzip, gzip, gzip, gzip, gzip")]
    public void What_cannot_be_unpacked_is_left_as_it_is(string encoding)
    {
        byte[] body = [0x80, 0xff, 0x1f, 0x8b, 0x00, 0x7b];

        var decoded = ContentDecoding.Decode(body, complete: true, encoding).Body;

        Assert.Equal(body, decoded.ToArray());
    }

    [Theory]
    [InlineData("utf-8", true)]
    [InlineData("utf-8", false)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-16BE", false)]
    public void Text_is_read_in_whichever_characters_it_is_written(string charset, bool mark)
    {
        var encoding = Encoding.GetEncoding(charset);
        foreach (var text in new[] { TestProvider.Answer, Form })
        {
            byte[] body = [.. mark ? encoding.Preamble : [], .. encoding.GetBytes(text)];
            AssertPair(TestProvider.Raw(200, "") with { Body = body, ContentType = "text/plain; charset=iso-8859-1" });
        }
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", "access_token=access_token_2&refresh_token=refresh_token_2")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-8", "refresh_token=refresh%5Ftoken_2&access_token=access_token_2\r\n")]
    [InlineData("text/plain", "scope=a+b%2Cc&access_token=access_token_2&refresh_token=refresh_token_2")]
    [InlineData("application/json", "access_token=access_token_2&refresh_token=refresh_token_2")]
    [InlineData(null, "  access_token=access_token_2&refresh_token=refresh_token_2&x")]
    [InlineData("application/x-www-form-urlencoded", TestProvider.Answer)]
    public void Json_or_form_is_told_by_content_type_and_by_looking(string? contentType, string body) =>
        AssertPair(TestProvider.Raw(201, body) with { ContentType = contentType });

    [Theory]
    [InlineData("access_token=access_token_2&refresh_token=refresh_to", false, false)]
    [InlineData("access_token=access_token_2&refresh_token=refresh_to", true, true)] // the connection's end may be a cut
    [InlineData("access_token=access_token_2", true, true)]
    [InlineData("access_token=access_token_2&expires_in=1", false, false)]
    public void Form_whose_end_is_not_known_is_in_doubt(string body, bool complete, bool endsWithConnection) => Assert.Equal(
        new TokenEndpointResult.InDoubt("truncated_answer"),
        Read(TestProvider.Raw(200, body, complete) with { EndsWithConnection = endsWithConnection }));

    [Fact]
    public void Form_that_breaks_off_after_the_refresh_token_is_salvaged() =>
        AssertPair(TestProvider.Raw(200, "access_token=access_token_2&refresh_token=refresh_token_2&expires_i", complete: false));

    [Fact]
    public void Whole_form_without_a_refresh_token_lets_the_old_one_stay()
    {
        var result = Read(TestProvider.Raw(200, "access_token=access_token_2&token_type=bearer"));

        Assert.Null(Assert.IsType<TokenEndpointResult.Granted>(result).Grant.RefreshToken);
    }

    [Fact]
    public void Error_in_a_form_counts() =>
        Assert.Equal(new TokenEndpointResult.Rejected("invalid_grant"), Read(TestProvider.Raw(200, "error=invalid_grant&error_description=Gone")));

    private static TokenEndpointResult Read(RawAnswer answer) => TokenAnswer.Read(answer, TestProvider.Settings());

    private static void AssertPair(RawAnswer answer)
    {
        var grant = Assert.IsType<TokenEndpointResult.Granted>(Read(answer)).Grant;
        Assert.Equal(("access_token_2", "refresh_token_2"), (grant.AccessToken?.Reveal(), grant.RefreshToken?.Reveal()));
    }
}
