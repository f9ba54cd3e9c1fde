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
    public void Preset_rotates_on_a_bare_401_where_there_is_no_endpoint_to_ask_and_none_is_configured()
    {
        Assert.Equal(On401.Rotate, SettingsFixture.ReadPlum(("Preset", "xero")).Validation.On401);
        Assert.Equal(On401.Validate, SettingsFixture.ReadPlum(("Preset", "xero"), ("ValidateEndpoint", "https://a.example.com/validate")).Validation.On401);
        Assert.Equal(On401.Pass, SettingsFixture.ReadPlum(("Preset", "xero"), ("Validation:On401", "Pass")).Validation.On401);
    }

    [Fact]
    public void Preset_says_how_the_token_is_sent_and_refused_until_the_credential_does()
    {
        (string, string?)[] acme =
        [
            ($"{SettingsFixture.Plum}:Preset", "acme"), ("TokenGateway:Presets:acme:Header", "X-Token"), ("TokenGateway:Presets:acme:Scheme", ""),
            ("TokenGateway:Presets:acme:ExpiredResponses:0:Status", "403"), ("TokenGateway:Presets:acme:ExpiredResponses:1:GrpcStatus", "16"),
        ];

        var preset = SettingsFixture.Read(acme).Value!.Credentials["plum"].Delivery;
        var own = SettingsFixture.Read([.. acme, Own("Header", "X-Other"), Own("Scheme", "Key"), Own("ExpiredResponses", "")]).Value!.Credentials["plum"].Delivery;

        Assert.Equal(("X-Token", "", 2), (preset.Header, preset.Scheme, preset.ExpiredResponses.Count));
        Assert.Equal(("X-Other", "Key", 0), (own.Header, own.Scheme, own.ExpiredResponses.Count));

        static (string, string?) Own(string key, string value) => ($"{SettingsFixture.Plum}:{key}", value);
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

    [Fact]
    public void Every_preset_names_its_source()
    {
        Assert.All(ProviderPresets.BuiltIn.All, preset => Assert.StartsWith("https://", preset.Source, StringComparison.Ordinal));
        Assert.True(ProviderPresets.BuiltIn.All.Count >= 30);
    }

    [Fact]
    public void A_preset_of_ones_own_fills_everything_that_is_not_configured()
    {
        var plum = ReadWith(Acme);

        Assert.Equal("https://login.acme.example/oauth/company/token", plum.TokenEndpoint.AbsoluteUri);
        Assert.Equal("https://login.acme.example/me", plum.ValidateEndpoint?.AbsoluteUri);
        Assert.Equal((ClientAuthentication.ClientSecretPost, RequestFormat.Json), (plum.ClientAuthentication, plum.RequestFormat));
        Assert.Equal((ExpiryUnit.Milliseconds, ExpiryUnit.ByMagnitude), (plum.TokenExpiryUnit, plum.ValidateExpiryUnit));
        Assert.Equal(["token_gone", "token_used"], plum.InvalidGrantErrors.Order(StringComparer.Ordinal));
        Assert.Equal(
            [1, 2, 3, 4, 5, 6],
            new[] { plum.DefaultExpiresIn, plum.DefaultRefreshExpiresIn!.Value, plum.RefreshBefore!.Value, plum.MinRefreshInterval, plum.ReuseGrace, plum.MaxIdle!.Value }
                .Select(duration => duration.TotalMinutes));
        Assert.Equal("https://login.acme.example/authorize?audience=api", plum.Login.AuthorizationEndpoint?.AbsoluteUri);
        Assert.Equal(new Dictionary<string, string> { ["action"] = "get", ["audience"] = "api" }, plum.ExtraParameters);
        Assert.Equal(ReusePolicy.Grace, plum.ReusePolicy);
    }

    [Fact]
    public void Each_value_of_a_preset_gives_way_to_the_credentials_own()
    {
        var plum = ReadWith([
            .. Acme,
            .. Plum(
                ("OAuthUrl", "https://eu.acme.example"), ("TokenType", "user"), ("ValidateEndpoint", "https://eu.acme.example/check"),
                ("TokenEndpointAuthMethod", "client_secret_basic"), ("RequestFormat", "form"), ("ExpiresInUnit", "Seconds"), ("ValidateExpiresInUnit", "milliseconds"),
                ("InvalidGrantErrors:0", "gone"), ("DefaultExpiresIn", "00:00:01"), ("DefaultRefreshExpiresIn", "00:00:02"), ("RefreshBefore", "00:00:03"),
                ("MinRefreshInterval", "00:00:00"), ("ReusePolicy", "Rejected"), ("ReuseGrace", "00:00:00"), ("MaxIdle", "00:00:06"),
                ("AuthorizationEndpoint", "https://eu.acme.example/login"), ("ExtraParameters:action", "renew"), ("ExtraParameters:tenant", "1"))]);

        Assert.Equal("https://eu.acme.example/oauth/user/token", plum.TokenEndpoint.AbsoluteUri);
        Assert.Equal("https://eu.acme.example/check", plum.ValidateEndpoint?.AbsoluteUri);
        Assert.Equal((ClientAuthentication.ClientSecretBasic, RequestFormat.Form), (plum.ClientAuthentication, plum.RequestFormat));
        Assert.Equal((ExpiryUnit.Seconds, ExpiryUnit.Milliseconds), (plum.TokenExpiryUnit, plum.ValidateExpiryUnit));
        Assert.Equal(["gone"], plum.InvalidGrantErrors);
        Assert.Equal(
            [1, 2, 3, 0, 0, 6],
            new[] { plum.DefaultExpiresIn, plum.DefaultRefreshExpiresIn!.Value, plum.RefreshBefore!.Value, plum.MinRefreshInterval, plum.ReuseGrace, plum.MaxIdle!.Value }
                .Select(duration => duration.TotalSeconds));
        Assert.Equal("https://eu.acme.example/login", plum.Login.AuthorizationEndpoint?.AbsoluteUri);
        Assert.Equal(new Dictionary<string, string> { ["action"] = "renew", ["audience"] = "api", ["tenant"] = "1" }, plum.ExtraParameters);
        Assert.Equal(ReusePolicy.Rejected, plum.ReusePolicy);
    }

    [Fact]
    public void An_empty_list_of_errors_takes_the_place_of_the_presets() =>
        Assert.Empty(ReadWith([.. Acme, .. Plum(("InvalidGrantErrors", ""))]).InvalidGrantErrors);

    [Theory]
    [InlineData("ReuseGrac", "00:00:01", "ReuseGrac", "is unknown; did you mean ReuseGrace?")]
    [InlineData("RequestFormat", "xml", "RequestFormat", "is none of json, form")]
    [InlineData("TokenEndpoint", "{OAuthUrl}/{Tenant}/token", "TokenEndpoint", "is not an absolute address; write one, in which {OAuthUrl} and {TokenType} may stand, as in {OAuthUrl}/oauth/token")]
    [InlineData("ValidateEndpoint", "/me", "ValidateEndpoint", "is not an absolute address; write one, in which {OAuthUrl} and {TokenType} may stand, as in {OAuthUrl}/oauth/token")]
    [InlineData("AuthorizationEndpoint", "/login", "AuthorizationEndpoint", "is not an absolute address; write one, in which {OAuthUrl} and {TokenType} may stand, as in {OAuthUrl}/oauth/token")]
    [InlineData("ExtraParameters:scope", "a", "ExtraParameters:scope", "is a parameter that TokenGateway sets itself; remove it")]
    [InlineData("MaxIdle", "00:00:00", "MaxIdle", "is zero; it must be at least a millisecond")]
    [InlineData("ReuseGrace", null, "ReuseGrace", "is zero, but ReusePolicy is Grace; set how long the provider accepts a spent refresh token again")]
    [InlineData("InvalidGrantErrors:0", " ", "InvalidGrantErrors:0", "is empty; give it a value or remove it")]
    public void A_mistake_in_a_preset_is_reported_where_it_stands(string key, string? value, string path, string message)
    {
        var errors = SettingsFixture.Read([.. Acme, ($"{AcmePath}:{key}", value)]).Errors;

        Assert.Contains(new SettingError($"{AcmePath}:{path}", message), errors);
    }

    [Fact]
    public void A_preset_may_not_take_the_name_of_a_built_in_one() =>
        Assert.Equal(
            [new SettingError("TokenGateway:Presets:Xero", "has the name of a built-in preset; choose another, and name that one as the credential's Preset")],
            SettingsFixture.Read(("TokenGateway:Presets:Xero:RequestFormat", "json")).Errors);

    [Fact]
    public void An_unknown_preset_is_answered_with_those_there_are() =>
        Assert.Equal(
            [new SettingError($"{SettingsFixture.Plum}:Preset", $"is none of {string.Join(", ", ProviderPresets.BuiltIn.All.Select(preset => preset.Name))}, acme; did you mean acme?")],
            SettingsFixture.Read([.. Acme, .. Plum(("Preset", "acne"), ("TokenEndpoint", "https://login.example.com/token"))]).Errors);

    [Theory]
    [InlineData("introspection", "IntrospectionEndpoint", null, "IntrospectionEndpoint", "is empty, but ValidateKind is introspection; set the endpoint's absolute address (RFC 7662)")]
    [InlineData("introspection", "ValidateEndpoint", "https://a.example.com/v", "ValidateEndpoint", "is set, but ValidateKind is introspection, which asks IntrospectionEndpoint; remove it, or set ValidateKind to bearer")]
    [InlineData(null, "IntrospectionEndpoint", "https://a.example.com/i", "IntrospectionEndpoint", "is set, but ValidateKind is bearer, which asks ValidateEndpoint; remove it, or set ValidateKind to introspection")]
    public void An_endpoint_that_nobody_would_ask_and_one_that_is_missing_are_mistakes(string? kind, string key, string? endpoint, string path, string message) =>
        Assert.Contains(new SettingError($"{SettingsFixture.Plum}:{path}", message), SettingsFixture.Read(Plum(("ValidateKind", kind), (key, endpoint))).Errors);

    [Theory]
    [InlineData("RefreshToken")]
    [InlineData("RefreshTokenFile")]
    [InlineData("StandbyRefreshToken")]
    [InlineData("AccessToken")]
    public void A_seed_beside_client_credentials_is_a_mistake(string key) =>
        Assert.Equal(
            [new SettingError($"{SettingsFixture.Plum}:{key}", "is set, but GrantType is client_credentials, which needs none; remove it")],
            SettingsFixture.Read(Plum(("GrantType", "client_credentials"), ("ClientSecret", "secret_1"), (key, "refresh_token_1"))).Errors);

    [Fact]
    public void Client_credentials_need_a_secret_and_share_no_seed()
    {
        Assert.Equal(
            [new SettingError($"{SettingsFixture.Plum}:ClientSecret", "is empty, but GrantType is client_credentials, which proves itself by nothing else; set it, or better ClientSecretFile")],
            SettingsFixture.Read(Plum(("GrantType", "client_credentials"))).Errors);
        Assert.Empty(SettingsFixture.Read([
            .. Plum(("GrantType", "client_credentials"), ("ClientSecret", "secret_1")),
            ("TokenGateway:Credentials:peach:GrantType", "client_credentials"), ("TokenGateway:Credentials:peach:ClientSecret", "secret_1"),
            ("TokenGateway:Credentials:peach:ClientId", "client_1"), ("TokenGateway:Credentials:peach:TokenEndpoint", "https://login.example.com/token")]).Errors);
    }

    [Theory]
    [InlineData("auth0", "is empty; the preset auth0 derives the endpoints from it ({OAuthUrl}/oauth/token), so set the one of your provider")]
    [InlineData("okta", "is empty; the preset okta derives the endpoints from it ({OAuthUrl}/v1/token), so set the one of your provider")]
    public void A_provider_that_has_no_address_of_its_own_needs_one(string preset, string message) =>
        Assert.Equal([new SettingError($"{SettingsFixture.Plum}:OAuthUrl", message)], SettingsFixture.Read(Plum(NoTokenEndpoint, ("Preset", preset))).Errors);

    [Fact]
    public void What_a_preset_derives_must_be_https_as_what_is_configured()
    {
        var error = Assert.Single(SettingsFixture.Read([
            .. Acme, ($"{AcmePath}:ValidateEndpoint", null), ($"{AcmePath}:AuthorizationEndpoint", null), ($"{AcmePath}:OAuthUrl", "http://login.acme.example")]).Errors);

        Assert.Equal($"{SettingsFixture.Plum}:TokenEndpoint", error.Path);
        Assert.StartsWith("as the preset derives it, http://login.acme.example/oauth/company/token, is plain http", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://login.acme.example/me")]
    [InlineData("{OAuthUrl}/me")]
    public void A_token_endpoint_elsewhere_shows_no_token_to_the_presets_host(string validate)
    {
        var plum = ReadWith([.. Acme, ($"{AcmePath}:ValidateEndpoint", validate), .. Plum(("TokenEndpoint", "https://elsewhere.example/token"))]);

        Assert.Null(plum.ValidateEndpoint);
        Assert.False(plum.OffersLogin);
    }

    private const string AcmePath = "TokenGateway:Presets:acme";

    private static readonly (string Key, string? Value)[] Acme =
    [
        ($"{AcmePath}:Source", "https://docs.acme.example/oauth"), ($"{AcmePath}:OAuthUrl", "https://login.acme.example/"), ($"{AcmePath}:TokenType", "company"),
        ($"{AcmePath}:TokenEndpoint", "{OAuthUrl}/oauth/{TokenType}/token"), ($"{AcmePath}:ValidateEndpoint", "{OAuthUrl}/me"),
        ($"{AcmePath}:TokenEndpointAuthMethod", "client_secret_post"), ($"{AcmePath}:RequestFormat", "json"),
        ($"{AcmePath}:ExpiresInUnit", "Milliseconds"), ($"{AcmePath}:ValidateExpiresInUnit", "ByMagnitude"),
        ($"{AcmePath}:InvalidGrantErrors:0", "token_gone"), ($"{AcmePath}:InvalidGrantErrors:1", "token_used"),
        ($"{AcmePath}:DefaultExpiresIn", "00:01:00"), ($"{AcmePath}:DefaultRefreshExpiresIn", "00:02:00"), ($"{AcmePath}:RefreshBefore", "00:03:00"),
        ($"{AcmePath}:MinRefreshInterval", "00:04:00"), ($"{AcmePath}:ReusePolicy", "Grace"), ($"{AcmePath}:ReuseGrace", "00:05:00"), ($"{AcmePath}:MaxIdle", "00:06:00"),
        ($"{AcmePath}:AuthorizationEndpoint", "{OAuthUrl}/authorize?audience=api"),
        ($"{AcmePath}:ExtraParameters:action", "get"), ($"{AcmePath}:ExtraParameters:audience", "api"),
        .. Plum(NoTokenEndpoint, ("Preset", "acme")),
    ];

    private static (string Key, string? Value)[] Plum(params (string Key, string? Value)[] settings) =>
        [.. settings.Select(setting => ($"{SettingsFixture.Plum}:{setting.Key}", setting.Value))];

    private static CredentialSettings ReadWith((string Key, string? Value)[] settings)
    {
        var result = SettingsFixture.Read(settings);
        Assert.Empty(result.Errors);
        return result.Value!.Credentials["plum"];
    }
}
