using System.Text.Json;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Tests.Endpoint;

/// <summary>What each answer means for the refresh token that was sent.</summary>
public sealed class TokenAnswerTests
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(7);

    [Theory]
    [InlineData(429, "")]
    [InlineData(429, """{"error":"invalid_grant"}""")]
    [InlineData(200, """{"message":"auth.request_limit_exceeded"}""")]
    [InlineData(400, """{"message":"auth.request_limit_exceeded"}""")]
    [InlineData(403, """{"success":0,"error_message_id":"auth.request_limit_exceeded"}""")]
    public void Rate_limit_is_refused(int status, string body) =>
        Assert.Equal(new TokenEndpointResult.Refused("rate_limited", RetryAfter), Read(status, body));

    [Theory]
    [InlineData(400, "invalid_request")]
    [InlineData(401, "invalid_client")]
    [InlineData(403, "unauthorized_client")]
    [InlineData(400, "unsupported_grant_type")]
    [InlineData(422, "invalid_scope")]
    [InlineData(200, "invalid_client")]
    public void OAuth_error_other_than_invalid_grant_is_refused(int status, string code) =>
        Assert.Equal(new TokenEndpointResult.Refused(code, RetryAfter), Read(status, $$"""{"error":"{{code}}","error_description":"secret"}"""));

    [Theory]
    [InlineData(400, """{"error":"invalid_grant"}""", "invalid_grant")]
    [InlineData(401, """{"error":"invalid_grant"}""", "invalid_grant")]
    [InlineData(403, """{"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}""", "invalid_grant")]
    [InlineData(200, """{"error":"invalid_grant"}""", "invalid_grant")]
    [InlineData(201, """{"error":"invalid_grant"}""", "invalid_grant")]
    [InlineData(404, """{"error":"invalid_grant"}""", "invalid_grant")]
    [InlineData(400, """{"success":0,"error_message_id":"auth.token_error"}""", "auth.token_error")]
    [InlineData(200, """{"success":0,"error_message_id":"auth.token_error"}""", "auth.token_error")]
    [InlineData(401, """{"error":"unauthorized_client"}""", "unauthorized_client")]
    [InlineData(400, """{"error":"invalid_request","reason":"Invalid Token!"}""", "invalid_token_")]
    public void Dead_refresh_token_is_rejected(int status, string body, string code) =>
        Assert.Equal(new TokenEndpointResult.Rejected(code), Read(status, body, "auth.token_error", "unauthorized_client", "Invalid Token!"));

    [Theory]
    [InlineData(503)]
    [InlineData(404)]
    public void Status_configured_as_unspent_is_refused(int status) =>
        Assert.Equal(
            new TokenEndpointResult.Refused($"http_{status}", RetryAfter),
            TokenAnswer.Read(TestProvider.Raw(status, "<html>", retryAfter: RetryAfter), TestProvider.Settings() with { UnspentStatuses = new HashSet<int> { 503, 404 } }));

    [Theory]
    [InlineData(200, "", true)]
    [InlineData(503, """{"access_token":"a","refresh_token":"r"}""", true)]
    [InlineData(503, """{"refresh_token":"r" """, true)]
    [InlineData(503, "", false)]
    public void Status_configured_as_unspent_is_in_doubt_when_the_body_speaks_against_it(int status, string body, bool complete) =>
        Assert.IsType<TokenEndpointResult.InDoubt>(
            TokenAnswer.Read(TestProvider.Raw(status, body, complete), TestProvider.Settings() with { UnspentStatuses = new HashSet<int> { 200, 503 } }));

    [Theory]
    [InlineData(500, "", "http_500")]
    [InlineData(502, "<html>Bad Gateway</html>", "http_502")]
    [InlineData(503, """{"error":"invalid_grant"}""", "http_503")]
    [InlineData(500, """{"error":"invalid_client"}""", "http_500")]
    [InlineData(500, """{"message":"auth.request_limit_exceeded"}""", "http_500")]
    [InlineData(500, """{"access_token":"a","refresh_token":"r"}""", "http_500")]
    [InlineData(307, "", "redirect_307")]
    [InlineData(302, """{"error":"invalid_grant"}""", "redirect_302")]
    [InlineData(403, "<html>Blocked by firewall</html>", "http_403")]
    [InlineData(404, "", "http_404")]
    [InlineData(408, "", "http_408")]
    [InlineData(400, """{"error":"something_else"}""", "http_400")]
    [InlineData(400, """{"error_description":"invalid_grant"}""", "http_400")]
    [InlineData(401, """{"success":0,"error_message_id":"auth.token_error"}""", "http_401")]
    [InlineData(200, "", "unreadable_answer")]
    [InlineData(200, "{}", "unreadable_answer")]
    [InlineData(200, "<html>Welcome</html>", "unreadable_answer")]
    [InlineData(200, """{"success":0,"error":"odd"}""", "unreadable_answer")]
    [InlineData(200, """{"error":"odd","refresh_token":"refresh_token_1"}""", "unreadable_answer")]
    [InlineData(200, """{"access_token":"a"} trailing""", "unreadable_answer")]
    [InlineData(200, """{"access_token":"a","refresh_token":"r\u0000"}""", "unreadable_answer")]
    [InlineData(200, """{"access_token":"a","refresh_token":"r\r\nX: y"}""", "unreadable_answer")]
    [InlineData(200, """{"access_token":"a","refresh_token":"\ud800"}""", "unreadable_answer")]
    [InlineData(200, """{"access_token":"a","refresh_token":17}""", "unreadable_answer")]
    [InlineData(200, """{"access_token":"a","refresh_token":{"value":"r"}}""", "unreadable_answer")]
    [InlineData(200, """{"access_token":"a","data":{"refresh_token":{"value":"r"}}}""", "unreadable_answer")]
    [InlineData(200, """{"one":{"access_token":"a","refresh_token":"r"},"other":{"access_token":"a","refresh_token":"r"}}""", "ambiguous_response")]
    [InlineData(200, """[{"access_token":"a","refresh_token":"r"},{"access_token":"a","refresh_token":"r"}]""", "ambiguous_response")]
    [InlineData(200, """{"access_token":"a","refresh_token":"r\u0000","refresh_token":""}""", "unreadable_answer")]
    [InlineData(200, """{"access_token":"a","refresh_token":{"value":"r"},"refresh_token":""}""", "unreadable_answer")]
    [InlineData(200, """{"access_token":"a","refresh_token":"","refresh_token":"\ud800"}""", "unreadable_answer")]
    [InlineData(200, """{"access_token":"a","refresh_token":"","refresh_token":["r"]}""", "unreadable_answer")]
    [InlineData(200, """{"access_token":"a","refresh_token":"r""", "truncated_answer")]
    [InlineData(200, """{"access_token":"a" """, "truncated_answer")]
    [InlineData(200, """{"error":"invalid_grant" """, "truncated_answer")]
    public void Anything_else_is_in_doubt(int status, string body, string reason) =>
        Assert.Equal(new TokenEndpointResult.InDoubt(reason), Read(status, body));

    [Fact]
    public void Whole_json_in_a_cut_answer_without_refresh_token_is_in_doubt() =>
        Assert.Equal(
            new TokenEndpointResult.InDoubt("truncated_answer"),
            TokenAnswer.Read(TestProvider.Raw(200, """{"access_token":"a"}""", complete: false), TestProvider.Settings()));

    [Theory]
    [InlineData(200, """{"access_token":"a","refresh_token":"r"}""", "a", "r")]
    [InlineData(201, """{"access_token":"a","refresh_token":"r"}""", "a", "r")]
    [InlineData(200, "\uFEFF  {\"access_token\":\"a\",\"refresh_token\":\"r\",}\r\n", "a", "r")]
    [InlineData(200, """{"nested":{"refresh_token":"wrong"},"list":["x"],"refresh_token":"a\/b\u002bc","access_token":"a"}""", "a", "a/b+c")]
    [InlineData(200, """{"access_token":"a","refresh_token":"r","error":""}""", "a", "r")]
    [InlineData(200, """{"access_token":"a","refresh_token":"r","error":"none"}""", "a", "r")]
    [InlineData(200, """{"access_token":"a","refresh_token":"r with spaces"}""", "a", "r with spaces")]
    [InlineData(200, """{"access_token":"a","refresh_token":"r","refresh_token":"","access_token":""}""", "a", "r")]
    [InlineData(200, """{"refresh_token":"r","access_token":"a","refresh_token":"" """, "a", "r")]
    [InlineData(200, """{"access_token":"a"}""", "a", null)]
    [InlineData(200, """{"access_token":"a","refresh_token":null}""", "a", null)]
    [InlineData(200, """{"access_token":"a","refresh_token":""}""", "a", null)]
    [InlineData(200, """{"refresh_token":"r"}""", null, "r")]
    [InlineData(200, """{"access_token":"a b","refresh_token":"r"}""", null, "r")]
    [InlineData(200, """{"access_token":"\u00e9","refresh_token":"r"}""", null, "r")]
    [InlineData(200, """{"access_token":["a"],"refresh_token":"r"}""", null, "r")]
    [InlineData(200, """{"access_token":"a","refresh_token":"r","expires_in":12""", "a", "r")]
    [InlineData(200, """{"access_token":"a","refresh_token":"r",<html>""", "a", "r")]
    [InlineData(200, """{"refresh_token":"r","access_token":"a""", null, "r")]
    public void Received_pair_is_granted(int status, string body, string? accessToken, string? refreshToken)
    {
        var grant = Assert.IsType<TokenEndpointResult.Granted>(Read(status, body)).Grant;

        Assert.Equal((accessToken, refreshToken), (grant.AccessToken?.Reveal(), grant.RefreshToken?.Reveal()));
        Assert.Equal(TestProvider.Now + TestProvider.Settings().DefaultExpiresIn, grant.AccessTokenExpiresAt);
    }

    [Fact]
    public void Seed_provider_s_answer_is_read_whole()
    {
        var grant = Assert.IsType<TokenEndpointResult.Granted>(Read(200, TestProvider.Answer)).Grant;

        Assert.Equal("access_token_2", grant.AccessToken?.Reveal());
        Assert.Equal("refresh_token_2", grant.RefreshToken?.Reveal());
        Assert.Equal(TestProvider.Now.AddSeconds(1296000), grant.AccessTokenExpiresAt);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1775001600000), grant.RefreshTokenExpiresAt);
    }

    [Fact]
    public void Exchange_without_an_answer_is_read_as_what_it_was()
    {
        Assert.Equal(new TokenEndpointResult.NotSent("x"), TokenAnswer.Read(new TokenExchange.NotSent("x"), TestProvider.Settings()));
        Assert.Equal(new TokenEndpointResult.InDoubt("timeout"), TokenAnswer.Read(new TokenExchange.Lost("timeout"), TestProvider.Settings()));
    }

    [Fact]
    public void Code_of_the_provider_is_shown_without_anything_that_could_hide_in_it()
    {
        var code = "Töken \r\n<script>" + new string('x', 100);

        var rejected = Assert.IsType<TokenEndpointResult.Rejected>(Read(400, $$"""{"error":{{JsonSerializer.Serialize(code)}}}""", code));

        Assert.Matches("^[a-z0-9_.-]{64}$", rejected.Code);
    }

    private static TokenEndpointResult Read(int status, string body, params string[] invalidGrantErrors) =>
        TokenAnswer.Read(
            TestProvider.Raw(status, body, retryAfter: RetryAfter),
            TestProvider.Settings() with { InvalidGrantErrors = invalidGrantErrors.ToHashSet(StringComparer.Ordinal) });
}
