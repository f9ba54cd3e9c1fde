using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Tests.Endpoint;

/// <summary>Where providers put an error's code, and what a code means that a credential lists.</summary>
public sealed class ErrorCodesTests
{
    private static readonly CredentialSettings Settings = TestProvider.Settings() with
    {
        InvalidGrantErrors = new HashSet<string>(StringComparer.Ordinal) { "token_reused", "601" },
        UnspentErrors = new HashSet<string>(StringComparer.Ordinal) { "too_early" },
        InvalidGrantStatuses = new HashSet<int> { 400 },
    };

    /// <summary>Every place, with X where the code stands.</summary>
    public static TheoryData<string> Places =>
    [
        """{"error":"X"}""", """{"error":{"code":"X"}}""", """{"error":{"message":"already used","type":"invalid_request_error","param":null,"code":"X"}}""",
        """{"error":{"status":"X","code":400}}""", """{"error":{"type":"X"}}""", """{"error":{"error":"X"}}""",
        """{"errors":[{"code":"X"}]}""", """{"errors":[{"errorType":"X","message":"Refresh token invalid"}],"success":false}""", """{"errors":[{"error":"X"}]}""",
        """{"errors":[{"type":"X"},{"type":"other"}]}""", """{"errors":["X"]}""",
        """{"code":400,"error_code":"X","msg":"Already used"}""", """{"errorCode":"X"}""", """{"code":"X"}""", """{"success":0,"error_message_id":"X"}""", """{"reason":"X"}""",
        """{"status":"X"}""", """{"message":"X"}""", """[{"errorCode":"X","message":"gone"}]""", """{"data":{"error":"X"}}""", "error=X&error_description=gone",
    ];

    [Theory]
    [MemberData(nameof(Places))]
    public void Code_is_found_wherever_it_stands(string place)
    {
        var settings = Settings with { ResponsePath = "data", InvalidGrantStatuses = new HashSet<int>() };
        foreach (var status in new[] { 200, 400, 401, 403, 404, 422 })
        {
            TokenEndpointResult Read(string code) =>
                TokenAnswer.Read(TestProvider.Raw(status, place.Replace("X", code, StringComparison.Ordinal)), settings);

            Assert.Equal(new TokenEndpointResult.Rejected("invalid_grant"), Read("invalid_grant"));
            Assert.Equal(new TokenEndpointResult.Rejected("token_reused"), Read("token_reused"));
            Assert.Equal(new TokenEndpointResult.Refused("too_early", null), Read("too_early"));
            Assert.Equal(new TokenEndpointResult.Refused("invalid_client", null), Read("invalid_client"));
            Assert.IsType<TokenEndpointResult.InDoubt>(Read("something_else"));
        }
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(302)]
    public void Under_a_status_that_is_no_verdict_only_listed_codes_count(int status)
    {
        Assert.Equal(new TokenEndpointResult.Rejected("token_reused"), Read(status, """{"error":"token_reused"}"""));
        Assert.Equal(new TokenEndpointResult.Refused("too_early", null), Read(status, """{"error":"too_early"}"""));
        Assert.IsType<TokenEndpointResult.InDoubt>(Read(status, """{"error":"invalid_grant"}"""));
        Assert.IsType<TokenEndpointResult.InDoubt>(Read(status, """{"error":"invalid_client"}"""));
    }

    [Theory]
    [InlineData("""{"error":"invalid_request","reason":"token_reused"}""", "token_reused")]
    [InlineData("""{"error":"too_early","code":"token_reused"}""", "token_reused")]
    [InlineData("""{"error":"invalid_client","code":"invalid_grant"}""", "invalid_grant")]
    [InlineData("""{"status":601}""", "601")]
    public void Word_for_a_dead_token_wins_over_one_for_a_refusal(string body, string code) =>
        Assert.Equal(new TokenEndpointResult.Rejected(code), Read(400, body));

    [Fact]
    public void Listed_refusal_wins_over_the_words_of_the_rfc() =>
        Assert.Equal(new TokenEndpointResult.Refused("too_early", null), Read(400, """{"error":"invalid_grant","code":"too_early"}"""));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"message":"No such token, sorry"}""")]
    [InlineData("""{"code":400,"status":400}""")]
    public void Listed_status_without_a_code_means_a_dead_token(string body) =>
        Assert.Equal(new TokenEndpointResult.Rejected("http_400"), Read(400, body));

    [Theory]
    [InlineData(400, """{"error":"temporarily_unavailable"}""", true)]
    [InlineData(400, "<html>Blocked by firewall</html>", true)]
    [InlineData(400, "{", true)]
    [InlineData(400, "{}", false)]
    [InlineData(400, """{"refresh_token":"r"}""", true)]
    [InlineData(401, "", true)]
    public void Listed_status_says_nothing_beside_a_code_a_page_a_token_or_a_cut(int status, string body, bool complete) =>
        Assert.IsType<TokenEndpointResult.InDoubt>(TokenAnswer.Read(TestProvider.Raw(status, body, complete), Settings));

    [Fact]
    public void Errors_beside_a_pair_cost_no_pair() =>
        Assert.IsType<TokenEndpointResult.Granted>(Read(200, """{"errors":[{"code":"invalid_grant"}],"data":{"access_token":"a","refresh_token":"r"}}"""));

    private static TokenEndpointResult Read(int status, string body) => TokenAnswer.Read(TestProvider.Raw(status, body), Settings);
}
