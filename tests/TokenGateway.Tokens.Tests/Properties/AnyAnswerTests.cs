using System.Text;
using CsCheck;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;
using TokenGateway.Tokens.Tests.Endpoint;
using TokenGateway.Tokens.Validation;
using Xunit.Abstractions;

namespace TokenGateway.Tokens.Tests.Properties;

/// <summary>Whatever a server sends, under whatever status.</summary>
public sealed class AnyAnswerTests(ITestOutputHelper output)
{
    /// <summary>A code of the credential's own, which counts under any status.</summary>
    private const string Listed = "auth.token_error";

    private static readonly string[] Words =
    [
        "{", "}", "[", "]", ":", ",", "\"", "\\", " ", "\n", "//", "/*", "*/", "\uFEFF", "\0", "null", "true", "0", "1e9", "-", "\\u0000", "\\ud800",
        "\"access_token\":\"access_token_1\"", "\"refresh_token\":\"refresh_token_1\"", "\"refresh_token\":", "\"expires_in\":", "\"error\":",
        "\"invalid_grant\"", "\"invalid_client\"", "\"success\":0", "\"error_message_id\":\"auth.token_error\"", "\"message\":\"auth.request_limit_exceeded\"",
    ];

    private static readonly Gen<byte[]> Body = Gen.Frequency(
        (1, Gen.Byte.Array[0, 200]),
        (3, Gen.OneOf(Words).Array[0, 24].Select(words => Encoding.UTF8.GetBytes(string.Concat(words)))),
        (3, Gen.OneOf(Words).Array[0, 8].Select(words => Encoding.UTF8.GetBytes($"{{{string.Join(',', words)}}}"))),
        (1, DressedGrant.Pair.Select(dressed => dressed.Body)));

    private static readonly Gen<int> Status = Gen.OneOf(
        Gen.OneOf(200, 201, 204, 302, 307, 400, 401, 403, 404, 408, 429, 500, 502, 503, 504, 599), Gen.Int[100, 999]);

    private static readonly Gen<(byte[] Body, int Status, bool Complete, bool Listed)> Answers = Gen.Select(Body, Status, Gen.Bool, Gen.Bool);

    private readonly Property _property = new(output);

    [Fact]
    public void Any_answer_is_read_without_a_word_too_much() => _property.Holds(Answers, sample =>
    {
        var result = Read(sample);

        if (result is TokenEndpointResult.Rejected { Code: not Listed })
        {
            Assert.True(sample.Status is (>= 200 and <= 299) or (>= 400 and <= 499));
        }
    }, Print);

    [Fact]
    public void Server_error_says_nothing_about_the_refresh_token_unless_it_is_listed() =>
        _property.Holds(Gen.Select(Body, Gen.OneOf(Gen.OneOf(500, 502, 503, 504), Gen.Int[500, 999]), Gen.Bool, Gen.Bool), sample =>
        {
            var result = Read(sample);

            if (result is TokenEndpointResult.Rejected { Code: Listed })
            {
                Assert.Contains(Listed, Encoding.UTF8.GetString(sample.Item1), StringComparison.Ordinal);
            }
            else if (!sample.Item4 || !sample.Item3)
            {
                Assert.IsType<TokenEndpointResult.InDoubt>(result);
            }
            else
            {
                Assert.True(result is TokenEndpointResult.InDoubt or TokenEndpointResult.Refused);
            }

            if (result is TokenEndpointResult.Refused)
            {
                Assert.False(sample.Item1.AsSpan().StartsWith("{\"refresh_token\":\"refresh_token_1\""u8));
            }
        }, Print);

    [Fact]
    public void Any_validate_answer_gives_a_verdict_and_only_a_whole_success_calls_a_token_valid() =>
        _property.Holds(Gen.Select(Answers, Gen.Enum<ExpiryUnit>()), sample =>
        {
            var ((body, status, complete, _), unit) = sample;

            var verdict = ValidateAnswer.Read(status, body, complete, unit);

            if (verdict.Verdict == ValidationVerdict.Valid)
            {
                Assert.True(complete && status is >= 200 and <= 299);
                Assert.Equal(AnswerText.Whole, AnswerFields.Read(body).State);
            }

            if (verdict.Remaining is { } remaining)
            {
                Assert.InRange(remaining, TimeSpan.FromTicks(1), TimeSpan.FromDays(3650));
            }

            Assert.True(status < 500 || verdict.Verdict == ValidationVerdict.Unknown);
            Assert.DoesNotContain("_token_1", verdict.ToString(), StringComparison.Ordinal);
        }, sample => Print(sample.Item1));

    private static TokenEndpointResult Read((byte[] Body, int Status, bool Complete, bool Listed) sample)
    {
        var answer = AnswerInvariants.Answer(sample.Status, sample.Body, sample.Complete);
        var result = AnswerInvariants.Read(answer, TestProvider.Settings() with
        {
            UnspentStatuses = sample.Listed ? new HashSet<int> { sample.Status } : new HashSet<int>(),
            InvalidGrantErrors = new HashSet<string>(StringComparer.Ordinal) { Listed },
        });
        Assert.DoesNotContain("_token_1", result.ToString(), StringComparison.Ordinal);
        return result;
    }

    private static string Print((byte[] Body, int Status, bool Complete, bool Listed) sample) =>
        $"{sample.Status}, complete {sample.Complete}, listed {sample.Listed}: {Property.Print(sample.Body)}";
}
