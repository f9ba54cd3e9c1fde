using System.Text.Json;
using CsCheck;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Tests.Endpoint;
using Xunit.Abstractions;
using static TokenGateway.Tokens.Tests.Properties.AnswerInvariants;

namespace TokenGateway.Tokens.Tests.Properties;

/// <summary>A grant is never lost because of how it is written, and an old refresh token never stays because a new one was damaged.</summary>
public sealed class GrantTests(ITestOutputHelper output)
{
    private static readonly Gen<int> Success = Gen.OneOf(200, 200, 200, 201, 299);

    private readonly Property _property = new(output);

    [Fact]
    public void Grant_in_any_dress_is_granted_with_exactly_its_tokens() =>
        _property.Holds(Gen.Select(DressedGrant.Pair, Success), sample =>
        {
            var (dressed, status) = sample;
            var answer = Answer(status, dressed.Body);

            var result = Read(answer, TestProvider.Settings());

            AssertGranted(dressed.Access, dressed.Refresh, result);
            AssertHidden(dressed, answer, result);
        });

    [Fact]
    public void Grant_without_refresh_token_lets_the_old_one_stay_only_when_it_is_whole() =>
        _property.Holds(Gen.Select(DressedGrant.AccessTokenOnly, Gen.Double.Unit), sample =>
        {
            var (dressed, share) = sample;
            AssertGranted(dressed.Access, null, Read(Answer(200, dressed.Body), TestProvider.Settings()));

            // What follows the last brace is no part of the object; before it there may have been more.
            var end = dressed.Body.AsSpan().LastIndexOf((byte)'}');
            var cut = dressed.Body.AsSpan(0, (int)(share * end));
            Assert.IsType<TokenEndpointResult.InDoubt>(Read(Answer(200, cut), TestProvider.Settings()));
            Assert.IsType<TokenEndpointResult.InDoubt>(Read(Answer(200, dressed.Body, complete: false), TestProvider.Settings()));
        });

    [Fact]
    public void Grant_that_breaks_off_is_salvaged_once_its_refresh_token_is_whole_and_in_doubt_before() =>
        _property.Holds(Gen.Select(DressedGrant.PlainPair, Gen.Double.Unit, Gen.Bool), sample =>
        {
            var (dressed, share, complete) = sample;
            var body = dressed.Body;
            foreach (var length in new[] { dressed.RefreshEnd - 1, dressed.RefreshEnd, (int)(share * (body.Length + 1)) })
            {
                var result = Read(Answer(200, body.AsSpan(0, length), complete), TestProvider.Settings());
                if (length < dressed.RefreshEnd)
                {
                    Assert.IsType<TokenEndpointResult.InDoubt>(result);
                }
                else
                {
                    AssertGranted(length < dressed.AccessEnd ? null : dressed.Access, dressed.Refresh, result);
                }
            }
        });

    [Fact]
    public void Grant_with_a_damaged_byte_never_lets_the_old_refresh_token_stay() =>
        _property.Holds(Gen.Select(DressedGrant.Pair, Gen.Double.Unit, Gen.Byte), sample =>
        {
            var (dressed, place, value) = sample;
            var body = dressed.Body;
            body[(int)(place * body.Length)] = value;

            var result = Read(Answer(200, body), TestProvider.Settings());

            if (result is TokenEndpointResult.Granted { Grant.RefreshToken: null })
            {
                Assert.True(IsWholeWithoutRefreshToken(body), "The old refresh token stays, though a new one was there.");
            }

            Assert.IsNotType<TokenEndpointResult.Refused>(result);
        }, sample => $"{sample.Item1}, {sample.Item2:R}, {sample.Item3}");

    [Fact]
    public void Token_with_a_character_that_no_token_has_never_gets_through() =>
        _property.Holds(Gen.Select(DressedGrant.PlainPair, Gen.OneOf(Gen.Char['\0', '\u001f'], Gen.Char['\u007f', '\uffff'])), sample =>
        {
            var (dressed, character) = sample;
            var escaped = $"\\u{(int)character:x4}\"";
            var refresh = Read(Damaged(dressed, dressed.RefreshEnd, escaped), TestProvider.Settings());
            var access = Read(Damaged(dressed, dressed.AccessEnd, escaped), TestProvider.Settings());

            Assert.IsType<TokenEndpointResult.InDoubt>(refresh);
            AssertGranted(null, dressed.Refresh, access);
        });

    /// <summary>The same body, with a character at the end of the token that ends there.</summary>
    private static RawAnswer Damaged(DressedGrant dressed, int end, string escaped) =>
        Answer(200, [.. dressed.Body.AsSpan(0, end - 1), .. System.Text.Encoding.ASCII.GetBytes(escaped), .. dressed.Body.AsSpan(end)]);

    private static void AssertGranted(string? access, string? refresh, TokenEndpointResult result)
    {
        var grant = Assert.IsType<TokenEndpointResult.Granted>(result).Grant;
        Assert.Equal((access, refresh), (grant.AccessToken?.Reveal(), grant.RefreshToken?.Reveal()));
    }

    /// <summary>Judged by another reader.</summary>
    private static bool IsWholeWithoutRefreshToken(byte[] body)
    {
        try
        {
            var json = body.AsMemory(body.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);
            using var document = JsonDocument.Parse(json, new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.EnumerateObject().All(member =>
                !member.NameEquals("refresh_token") || member.Value.ValueKind == JsonValueKind.Null || member.Value.GetRawText() == "\"\"");
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
