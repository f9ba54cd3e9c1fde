using System.Text.Json;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Tests.Endpoint;

/// <summary>What a provider says is shown, and nothing that it should not have said.</summary>
public sealed class ServerMessageTests
{
    private static readonly Secret Sent = new("rt-1");

    [Theory]
    [InlineData("""{"error":"invalid_grant","error_description":"The token has expired."}""", "The token has expired.")]
    [InlineData("""{"error":{"code":"refresh_token_reused","message":"already used, log in"}}""", "already used, log in")]
    [InlineData("""{"errors":[{"errorType":"invalid_grant","message":"Refresh token invalid"}]}""", "Refresh token invalid")]
    [InlineData("""{"code":400,"error_code":"x","msg":"Already used"}""", "Already used")]
    [InlineData("""{"message":"auth.token_error"}""", null)] // a code
    [InlineData("""{"error":"Invalid Params: invalid refresh_token"}""", "Invalid Params: invalid refresh_token")]
    [InlineData("error=invalid_grant&error_description=It+is+gone", "It is gone")]
    [InlineData("<html>Blocked by firewall</html>", null)]
    [InlineData("", null)]
    public void Words_for_people_are_found(string body, string? said) => Assert.Equal(said, Of(body));

    [Fact]
    public void Nothing_that_may_be_a_token_is_shown()
    {
        const string Jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln";

        var said = Said($"Token rt-1 of client_secret_1 ({Jwt}) is used; abcdefghij0123456789, {new string('q', 50)}. Trace 3e7e4bd6-e1d7-42c9-b08f-b9b31f32e200.");

        Assert.Equal("Token *** of *** (***) is used; ***, ***. Trace 3e7e4bd6-e1d7-42c9-b08f-b9b31f32e200.", said);
    }

    [Fact]
    public void Text_is_printable_on_one_line_and_short()
    {
        Assert.Equal("one two [31m three four é", Said("one\r\n\0two \u001b[31m\u202e three\u2028four é"));
        Assert.Equal(200, Said(string.Join(' ', Enumerable.Repeat("word", 100)))!.Length);
    }

    private static string? Said(string text) => Of($$"""{"error":"x","error_description":{{JsonSerializer.Serialize(text)}}}""");

    private static string? Of(string body) => ServerMessage.Of(TestProvider.Raw(400, body), TestProvider.Settings(), Sent);
}
