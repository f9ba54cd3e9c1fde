using System.Text;
using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Validation;

namespace TokenGateway.Tokens.Tests.Validation;

/// <summary>What each answer of a validate endpoint says about the token.</summary>
public sealed class ValidateAnswerTests
{
    [Theory]
    [InlineData(200, """{"access_token":"a","token_type":"bearer","expires_in":1291911023}""", 1291911.023)]
    [InlineData(200, """{"expires_in":1209600000}""", 1209600.0)]
    [InlineData(200, """{"expires_in":"86400000"}""", 86400.0)]
    [InlineData(200, """{"expires_in":2000}""", 2.0)]
    [InlineData(200, """{"expires_in":0}""", null)]
    [InlineData(200, "{}", null)]
    [InlineData(200, """{"success":1}""", null)]
    [InlineData(200, """{"success":true,"error":null}""", null)]
    public void Success_is_valid_with_the_remaining_life(int status, string body, double? seconds) =>
        Assert.Equal(TokenValidation.Valid(seconds is { } s ? TimeSpan.FromSeconds(s) : null), Read(status, body));

    [Theory]
    [InlineData(200, """{"error":"invalid_token"}""", "invalid_token")]
    [InlineData(200, """{"error":"invalid_request","error_description":"missing/invalid parameters authorization header"}""", "invalid_request")]
    [InlineData(400, """{"error":"invalid_request"}""", "invalid_request")]
    [InlineData(403, """{"error":"invalid_token"}""", "invalid_token")]
    [InlineData(404, """{"success":0,"error_message_id":"auth.token_error"}""", "auth.token_error")]
    [InlineData(200, """{"success":0,"error_message_id":"auth.token_error"}""", "auth.token_error")]
    [InlineData(200, """{"success":false,"error_message_id":"auth.token_error"}""", "auth.token_error")]
    [InlineData(401, "", "http_401")]
    [InlineData(401, "<html>", "http_401")]
    [InlineData(401, """{"error":"odd"}""", "http_401")]
    public void Answer_that_condemns_the_token_is_invalid(int status, string body, string reason) =>
        Assert.Equal(TokenValidation.Invalid(reason), Read(status, body));

    [Theory]
    [InlineData(429, """{"error":"invalid_token"}""", "rate_limited")]
    [InlineData(200, """{"message":"auth.request_limit_exceeded"}""", "rate_limited")]
    [InlineData(401, """{"message":"auth.request_limit_exceeded"}""", "rate_limited")]
    [InlineData(500, """{"error":"invalid_token"}""", "http_500")]
    [InlineData(503, "", "http_503")]
    [InlineData(302, "", "redirect_302")]
    [InlineData(403, "<html>", "http_403")]
    [InlineData(404, "{}", "http_404")]
    [InlineData(200, "", "unreadable_answer")]
    [InlineData(200, "<html>", "unreadable_answer")]
    [InlineData(200, """{"expires_in":1""", "unreadable_answer")]
    [InlineData(200, "[]", "unreadable_answer")]
    [InlineData(200, """{"error":"server_error"}""", "unknown_error")]
    [InlineData(200, """{"success":0,"error_message_id":"odd"}""", "unknown_error")]
    public void Anything_else_is_unknown(int status, string body, string reason) =>
        Assert.Equal(TokenValidation.Unknown(reason), Read(status, body));

    [Fact]
    public void Body_that_was_cut_is_no_verdict() =>
        Assert.Equal(TokenValidation.Unknown("unreadable_answer"), ValidateAnswer.Read(200, "{}"u8, complete: false, ExpiryUnit.Seconds));

    private static TokenValidation Read(int status, string body) =>
        ValidateAnswer.Read(status, Encoding.UTF8.GetBytes(body), complete: true, ExpiryUnit.Milliseconds);
}
