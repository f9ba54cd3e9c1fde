using System.Text;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Tests.Endpoint;

/// <summary>A broken answer gives up every whole token that it holds, never a part of one, and never an exception.</summary>
public sealed class SalvageTests
{
    private static readonly byte[] Whole = Encoding.UTF8.GetBytes(TestProvider.Answer);

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0")]
    [InlineData("<!-- proxy error -->")]
    [InlineData("HTTP/1.1 502")]
    public void Answer_cut_at_any_byte_keeps_the_refresh_token_once_it_is_whole(string tail)
    {
        var accessTokenEnd = EndOf("access_token_2\"");
        var refreshTokenEnd = EndOf("refresh_token_2\"");
        for (var cut = 0; cut < Whole.Length; cut++)
        {
            var body = Whole[..cut].Concat(Encoding.UTF8.GetBytes(tail)).ToArray();

            var grant = (Read(body) as TokenEndpointResult.Granted)?.Grant;

            Assert.Equal(cut >= refreshTokenEnd ? "refresh_token_2" : null, grant?.RefreshToken?.Reveal());
            Assert.Equal(grant is null ? null : "access_token_2", grant?.AccessToken?.Reveal());
        }

        Assert.True(accessTokenEnd < refreshTokenEnd);
    }

    [Fact]
    public void Answer_cut_before_the_refresh_token_is_whole_is_called_truncated()
    {
        for (var cut = 1; cut < EndOf("refresh_token_2\""); cut++)
        {
            Assert.Equal(new TokenEndpointResult.InDoubt("truncated_answer"), Read(Whole[..cut]));
        }
    }

    [Fact]
    public void Answer_with_any_byte_changed_never_throws_and_never_gives_a_half_token()
    {
        for (var at = 0; at < Whole.Length; at++)
        {
            foreach (var value in new byte[] { 0, (byte)'"', (byte)'\\', (byte)'{', (byte)'}', (byte)',', 0x80, 0xC3, 0xED, 0xFF })
            {
                var body = Whole.ToArray();
                body[at] = value;

                if (Read(body) is TokenEndpointResult.Granted { Grant: var grant })
                {
                    Assert.Matches("^[!-~]*$", grant.AccessToken?.Reveal() ?? "");
                    Assert.Matches("^[ -~]*$", grant.RefreshToken?.Reveal() ?? "");
                }
            }
        }
    }

    [Fact]
    public void Garbage_never_throws()
    {
        string[] pieces =
        [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\ud800", "null", "true", "-", "1e999", "0", "\"access_token\":", "\"refresh_token\":", "\"expires_in\":",
            "\"error\":", "\"success\":", "\"abc\"", "\"NaN\"", "\"eyJhbGciOiJub25lIn0.e30.\"", "\uFEFF", "/*", "//", "\n", "é", "\0",
        ];
        int[] statuses = [200, 201, 302, 400, 401, 403, 404, 429, 500, 503];
        for (var seed = 0; seed < 20_000; seed++)
        {
#pragma warning disable CA5394 // The point is that the same seed gives the same case.
            var random = new Random(seed);
            var text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => pieces[random.Next(pieces.Length)]));
            var body = seed % 2 == 0 ? Encoding.UTF8.GetBytes(text) : new byte[random.Next(60)];
            if (seed % 2 == 1)
            {
                random.NextBytes(body);
            }

            var status = statuses[random.Next(statuses.Length)];
#pragma warning restore CA5394
            var failure = Record.Exception(() => TokenAnswer.Read(Raw(status, body), TestProvider.Settings()));

            Assert.True(failure is null, $"seed {seed}: {failure}");
        }
    }

    [Fact]
    public void Deeply_nested_junk_before_the_pair_does_not_hide_it()
    {
        var junk = new string('[', 20_000) + new string(']', 20_000);

        var result = Read(Encoding.UTF8.GetBytes($$"""{"junk":{{junk}},"refresh_token":"r","access_token":"a"}"""));

        Assert.Equal("r", Assert.IsType<TokenEndpointResult.Granted>(result).Grant.RefreshToken?.Reveal());
    }

    private static int EndOf(string text) => TestProvider.Answer.IndexOf(text, StringComparison.Ordinal) + text.Length;

    private static TokenEndpointResult Read(byte[] body) => TokenAnswer.Read(Raw(200, body), TestProvider.Settings());

    private static RawAnswer Raw(int status, byte[] body) => new() { Status = status, Body = body, Complete = true, RequestedAt = TestProvider.Now };
}
