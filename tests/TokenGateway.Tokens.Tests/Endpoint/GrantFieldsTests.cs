using TokenGateway.Tokens.Configuration;
using TokenGateway.Tokens.Endpoint;

namespace TokenGateway.Tokens.Tests.Endpoint;

/// <summary>Where in a response the pair stands, and what it is called there.</summary>
public sealed class GrantFieldsTests
{
    private static readonly CredentialSettings Settings = TestProvider.Settings();

    [Theory]
    [InlineData("""{"status":0,"body":{"userid":"1","access_token":"a","refresh_token":"r","expires_in":60}}""", "body")]
    [InlineData("""{"success":true,"data":{"access_token":"a","refresh_token":"r","expires_in":60}}""", "data")]
    [InlineData("""{"data":[{"access_token":"a","refresh_token":"r","expires_in":60}]}""", "data.0")]
    [InlineData("""[{"access_token":"a","refresh_token":"r","expires_in":60}]""", "0")]
    [InlineData("""{"data":{"attributes":{"accessToken":"a","refreshToken":"r","expiresIn":"60"}}}""", "data.attributes")]
    [InlineData("""{"AuthenticationResult":{"AccessToken":"a","RefreshToken":"r","ExpiresIn":60}}""", "AuthenticationResult")]
    [InlineData("""{"access_token":"a","expires_in":60,"refresh":{"refresh_token":"r"}}""", "refresh")]
    [InlineData("""{"expires_in":60,"token":{"access_token":"a","refresh_token":"r"},"other":{"access_token":"x"}}""", "token")]
    [InlineData("""{"data":{"access_token":"a","refresh_token":"r","expires_in":60,"us""", "data")]
    public void Only_pair_below_the_top_is_taken_with_the_place_to_pin(string body, string path)
    {
        var grant = Grant(body, Settings);

        AssertPair(grant);
        Assert.Equal(path, grant.FoundAt);
        Assert.Null(Grant(body, Settings with { ResponsePath = path }).FoundAt);
    }

    [Theory]
    [InlineData("""{"access_token":"x","refresh_token":"y","authed_user":{"access_token":"a","refresh_token":"r","expires_in":60}}""")]
    [InlineData("""{"team":{"refresh_token":"y"},"authed_user":{"access_token":"a","refresh_token":"r","expires_in":60}}""")]
    [InlineData("""{"access_token":"a","refresh_token":"r","expires_in":60}""")] // what is pinned is not there
    [InlineData("""{"authed_user":{"id":1},"access_token":"a","refresh_token":"r","expires_in":60}""")]
    public void Pinned_place_wins_where_it_holds_a_token(string body) =>
        AssertPair(Grant(body, Settings with { ResponsePath = "authed_user" }));

    [Fact]
    public void Pinned_list_element_is_found() =>
        AssertPair(Grant("""{"data":[{"refresh_token":"x"},{"token":{"access_token":"a","refresh_token":"r","expires_in":60}}]}""", Settings with { ResponsePath = "data.1.token" }));

    [Theory]
    [InlineData("""{"access_token":"a","refresh_token":"r","expires_in":60,"data":{"access_token":"x","refresh_token":"y"}}""")]
    [InlineData("""{"accessToken":"a","refreshToken":"r","expiresIn":60}""")]
    [InlineData("""{"AccessToken":"a","RefreshToken":"r","ExpiresIn":60}""")]
    public void Pair_at_the_top_is_where_it_is_expected(string body)
    {
        var grant = Grant(body, Settings);

        AssertPair(grant);
        Assert.Null(grant.FoundAt);
    }

    [Theory]
    [InlineData("""{"token":"a","renewal":"r","ttl":60,"renewal_ttl":600,"kind":"mac"}""")]
    [InlineData("""{"result":{"token":"a","renewal":"r","ttl":60,"renewal_ttl":600,"kind":"mac"}}""")]
    public void Names_of_the_credentials_own_count(string body)
    {
        var fields = new ResponseFields
        {
            AccessToken = "token",
            RefreshToken = "renewal",
            ExpiresIn = "ttl",
            RefreshTokenExpiresIn = "renewal_ttl",
            TokenType = "kind",
        };

        var grant = Grant(body, Settings with { ResponseFields = fields });

        AssertPair(grant);
        Assert.Equal((TestProvider.Now.AddSeconds(600), "mac"), (grant.RefreshTokenExpiresAt, grant.ForeignTokenType));
    }

    [Fact]
    public void Id_token_is_the_bearer_where_that_is_wanted()
    {
        const string Body = """{"id_token":"a","access_token":"x","token_type":"DPoP","refresh_token":"r","id_token_expires_in":60,"expires_in":90}""";

        var grant = Grant(Body, Settings with { BearerFrom = BearerFrom.IdToken });

        AssertPair(grant);
        Assert.Null(grant.ForeignTokenType);
    }

    [Fact]
    public void Response_without_an_access_token_keeps_its_refresh_token()
    {
        var grant = Grant("""{"id_token":"e.e.e","token_type":"Bearer","refresh_token":"r","refresh_token_expires_in":600}""", Settings);

        Assert.Equal((null, "r", TestProvider.Now.AddSeconds(600)), (grant.AccessToken, grant.RefreshToken?.Reveal(), grant.RefreshTokenExpiresAt));
    }

    [Theory]
    [InlineData("Bearer", null)]
    [InlineData("BEARER", null)]
    [InlineData("BearerToken", null)]
    [InlineData("", null)]
    [InlineData("DPoP", "DPoP")]
    [InlineData("dpop", "DPoP")]
    [InlineData("MAC", "mac")]
    [InlineData("n_a", "N_A")]
    public void Token_type_that_is_no_bearer_is_reported_and_unknown_words_pass(string type, string? foreign) =>
        Assert.Equal(foreign, Grant($$"""{"access_token":"a","refresh_token":"r","token_type":"{{type}}"}""", Settings).ForeignTokenType);

    [Fact]
    public void Names_and_levels_without_end_take_little_room()
    {
        var name = new string('n', 60_000);
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 10_000));
        var many = string.Join(',', Enumerable.Repeat("{\"a\":1}", 8_000));

        foreach (var junk in new[] { $"{{\"{name}\":{{\"b\":{{\"c\":1}}}}", deep, $"{{\"a\":[{many}]" })
        {
            Assert.InRange(ResponseDocument.Read(TestProvider.Raw(200, junk)).Below.Count(), 0, 1000);
        }
    }

    private static TokenGrant Grant(string body, CredentialSettings settings) =>
        Assert.IsType<TokenEndpointResult.Granted>(TokenAnswer.Read(TestProvider.Raw(200, body), settings)).Grant;

    private static void AssertPair(TokenGrant grant) =>
        Assert.Equal(("a", "r", TestProvider.Now.AddSeconds(60)), (grant.AccessToken?.Reveal(), grant.RefreshToken?.Reveal(), grant.AccessTokenExpiresAt));
}
