using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Configuration;

public sealed class ProviderPresetTests
{
    private static readonly (string, string?) NoTokenEndpoint = ("TokenEndpoint", null);

    [Fact]
    public void Xoxoday_fills_everything_that_is_not_configured()
    {
        var plum = SettingsFixture.ReadPlum(NoTokenEndpoint, ("Preset", "xoxoday"));

        Assert.Equal("https://accounts.xoxoday.com/chef/v1/oauth/token/user", plum.TokenEndpoint.AbsoluteUri);
        Assert.Equal("https://accounts.xoxoday.com/chef/v1/oauth/token", plum.ValidateEndpoint?.AbsoluteUri);
        Assert.Equal(ClientAuthentication.ClientSecretPost, plum.ClientAuthentication);
        Assert.Equal(RequestFormat.Json, plum.RequestFormat);
        Assert.Equal(ExpiryUnit.Seconds, plum.TokenExpiryUnit);
        Assert.Equal(ExpiryUnit.Milliseconds, plum.ValidateExpiryUnit);
        Assert.Equal(["auth.token_error", "invalid_token"], plum.InvalidGrantErrors.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Xoxoday_derives_its_endpoints_from_what_is_configured()
    {
        var plum = SettingsFixture.ReadPlum(NoTokenEndpoint, ("Preset", "Xoxoday"), ("OAuthUrl", "http://127.0.0.1:5000/chef/"), ("TokenType", "company"));

        Assert.Equal("http://127.0.0.1:5000/chef/v1/oauth/token/company", plum.TokenEndpoint.AbsoluteUri);
        Assert.Equal("http://127.0.0.1:5000/chef/v1/oauth/token", plum.ValidateEndpoint?.AbsoluteUri);
    }

    [Fact]
    public void Configuration_wins_over_the_preset()
    {
        var plum = SettingsFixture.ReadPlum(
            ("Preset", "xoxoday"),
            ("TokenEndpoint", "https://a.example.com/token"),
            ("ValidateEndpoint", "https://a.example.com/validate"),
            ("TokenEndpointAuthMethod", "client_secret_basic"),
            ("RequestFormat", "FORM"));

        Assert.Equal("https://a.example.com/token", plum.TokenEndpoint.AbsoluteUri);
        Assert.Equal("https://a.example.com/validate", plum.ValidateEndpoint?.AbsoluteUri);
        Assert.Equal(ClientAuthentication.ClientSecretBasic, plum.ClientAuthentication);
        Assert.Equal(RequestFormat.Form, plum.RequestFormat);
    }

    [Fact]
    public void Xoxoday_with_a_token_endpoint_elsewhere_shows_no_token_to_its_default_host() =>
        Assert.Null(SettingsFixture.ReadPlum(("Preset", "xoxoday"), ("TokenEndpoint", "https://a.example.com/token")).ValidateEndpoint);

    [Theory]
    [InlineData(null)]
    [InlineData("generic")]
    public void Generic_is_the_default_and_follows_the_standard(string? preset)
    {
        var plum = SettingsFixture.ReadPlum(("Preset", preset));

        Assert.Equal("https://login.example.com/token", plum.TokenEndpoint.AbsoluteUri);
        Assert.Null(plum.ValidateEndpoint);
        Assert.Equal(ClientAuthentication.ClientSecretBasic, plum.ClientAuthentication);
        Assert.Equal(RequestFormat.Form, plum.RequestFormat);
        Assert.Equal(ExpiryUnit.Seconds, plum.TokenExpiryUnit);
        Assert.Equal(ExpiryUnit.ByMagnitude, plum.ValidateExpiryUnit);
        Assert.Empty(plum.InvalidGrantErrors);
    }
}
