using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Configuration;

/// <summary>The documented sample, with every key in it.</summary>
public sealed class SampleSettingsTests
{
    private const string Sample = """
        {
          "Urls": "http://127.0.0.1:8080",
          "TokenGateway": {
            "Store": { "Kind": "Embedded", "Path": "data/tokengateway.db", "Redis": "",
              "KeyPrefix": "tokengateway", "MinReplicas": null, "OperationTimeout": "00:00:02", "PollInterval": "00:00:05",
              "AllowVolatile": false, "JournalPath": "data/journal" },
            "Encryption": { "Keys": [], "KeyFiles": [] },
            "Management": { "Url": "http://127.0.0.1:8081", "ApiKey": "", "ApiKeyFile": "" },
            "Inbound": { "ApiKeys": [], "ApiKeyFiles": [], "AllowAnonymous": false },
            "ShutdownDelay": "00:00:05", "DrainTimeout": "00:00:20",
            "Credentials": { "plum": {
              "Preset": "xoxoday",
              "OAuthUrl": "https://accounts.xoxoday.com/chef", "TokenType": "user",
              "TokenEndpoint": "", "ValidateEndpoint": "",
              "TokenEndpointAuthMethod": "client_secret_post", "RequestFormat": "json",
              "Scope": "", "ExtraParameters": {},
              "ClientId": "client_1", "ClientSecret": "", "ClientSecretFile": "",
              "RefreshToken": "", "RefreshTokenFile": "", "AccessToken": "", "AccessTokenFile": "",
              "StandbyRefreshToken": "", "StandbyRefreshTokenFile": "",
              "RefreshBefore": null,
              "RefreshJitter": 0.1, "MinRefreshInterval": "00:00:30", "ClockSkew": "00:00:05",
              "DefaultExpiresIn": "01:00:00", "MaxIdle": null,
              "TokenEndpointTimeout": "00:00:30", "LeaseDuration": "00:01:00", "RequestWait": "00:00:10",
              "Patience": "00:15:00", "ReplayBodyLimit": 65536, "AllowInsecureHttp": false,
              "ReusePolicy": "RevokesFamily", "ReuseGrace": "00:00:00",
              "UnspentStatuses": [], "RequiredForReadiness": null,
              "Validation": { "OnAdopt": true, "Interval": "00:05:00", "On401": "Validate", "OnError": "UseToken",
                "CacheFor": "00:00:30", "Timeout": "00:00:05" }
            } } } }
        """;

    [Fact]
    public void Read_the_sample_gives_what_it_says()
    {
        var result = TokenGatewaySettingsReader.Read(SettingsFixture.Json(Sample));

        Assert.Empty(result.Errors);
        Assert.Equal(new StoreSettings(), result.Value!.Store);
        Assert.Empty(result.Value.Encryption.Keys);
        var plum = result.Value.Credentials["plum"];
        var expected = new CredentialSettings
        {
            Name = "plum",
            TokenEndpoint = new Uri("https://accounts.xoxoday.com/chef/v1/oauth/token/user"),
            ValidateEndpoint = new Uri("https://accounts.xoxoday.com/chef/v1/oauth/token"),
            ClientAuthentication = ClientAuthentication.ClientSecretPost,
            RequestFormat = RequestFormat.Json,
            ClientId = "client_1",
            ValidateExpiryUnit = ExpiryUnit.Milliseconds,

            // Collections are compared by reference.
            ExtraParameters = plum.ExtraParameters,
            InvalidGrantErrors = plum.InvalidGrantErrors,
            InvalidGrantStatuses = plum.InvalidGrantStatuses,
            UnspentErrors = plum.UnspentErrors,
            UnspentStatuses = plum.UnspentStatuses,
        };
        Assert.Equal(expected, plum);
        Assert.Empty(plum.ExtraParameters);
        Assert.Empty(plum.UnspentStatuses);
    }

    [Fact]
    public void Read_every_key_of_a_credential_reaches_its_setting()
    {
        var plum = SettingsFixture.ReadPlum(
            ("Scope", "a b"), ("ExtraParameters:audience", "api"), ("ClientSecret", "secret_1"),
            ("RefreshToken", "refresh_token_1"), ("AccessToken", "access_token_1"), ("StandbyRefreshToken", "refresh_token_2"),
            ("RefreshBefore", "00:00:00.5"), ("RefreshJitter", "0.25"), ("MinRefreshInterval", "00:00:01"), ("ClockSkew", "00:00:02"),
            ("DefaultExpiresIn", "00:00:03"), ("MaxIdle", "60.00:00:00"), ("TokenEndpointTimeout", "00:00:04"), ("LeaseDuration", "00:00:08"),
            ("RequestWait", "00:00:05"), ("Patience", "00:00:06"), ("ReplayBodyLimit", "7"), ("ReusePolicy", "grace"), ("ReuseGrace", "00:30:00"),
            ("UnspentStatuses:0", "502"), ("UnspentStatuses:1", "503"), ("RequiredForReadiness", "false"),
            ("Validation:OnAdopt", "false"), ("Validation:Interval", "00:00:00"), ("Validation:On401", "pass"), ("Validation:OnError", "Refuse"),
            ("Validation:CacheFor", "00:00:09"), ("Validation:Timeout", "00:00:10"));

        Assert.Equal(("a b", "api"), (plum.Scope, plum.ExtraParameters["audience"]));
        Assert.Equal(
            ["secret_1", "refresh_token_1", "access_token_1", "refresh_token_2"],
            new[] { plum.ClientSecret, plum.RefreshToken, plum.AccessToken, plum.StandbyRefreshToken }.Select(source => source.Value!.Reveal()));
        Assert.Equal((TimeSpan.FromSeconds(0.5), 0.25), (plum.RefreshBefore, plum.RefreshJitter));
        Assert.Equal(
            [1, 2, 3, 60 * 86400, 4, 8, 5, 6, 1800],
            new[] { plum.MinRefreshInterval, plum.ClockSkew, plum.DefaultExpiresIn, plum.MaxIdle!.Value, plum.TokenEndpointTimeout, plum.LeaseDuration, plum.RequestWait, plum.Patience, plum.ReuseGrace }
                .Select(duration => duration.TotalSeconds));
        Assert.Equal((7, ReusePolicy.Grace, false), (plum.Delivery.ReplayBodyLimit, plum.ReusePolicy, plum.RequiredForReadiness));
        Assert.Equal([502, 503], plum.UnspentStatuses.Order());
        var expected = new ValidationSettings
        {
            OnAdopt = false,
            Interval = TimeSpan.Zero,
            On401 = On401.Pass,
            OnError = OnValidationError.Refuse,
            CacheFor = TimeSpan.FromSeconds(9),
            Timeout = TimeSpan.FromSeconds(10),
        };
        Assert.Equal(expected, plum.Validation);
    }

    [Fact]
    public void Read_a_redis_store_gives_what_is_configured()
    {
        var result = SettingsFixture.Read(
            ("TokenGateway:Store:Kind", "Redis"), ("TokenGateway:Store:Redis", "a:6379,b:6379,serviceName=main,ssl=true"),
            ("TokenGateway:Store:KeyPrefix", "prod:tokens"), ("TokenGateway:Store:MinReplicas", "1"),
            ("TokenGateway:Store:OperationTimeout", "00:00:01"), ("TokenGateway:Store:PollInterval", "00:00:00.2"),
            ("TokenGateway:Store:AllowVolatile", "true"), ("TokenGateway:Store:JournalPath", "/var/journal"), ("TokenGateway:Store:Path", "/var/db"),
            ("TokenGateway:Encryption:Keys:0", SettingsFixture.Key));

        Assert.Empty(result.Errors);
        var expected = new StoreSettings
        {
            Kind = StoreKind.Redis,
            Path = "/var/db",
            Redis = new Secret("a:6379,b:6379,serviceName=main,ssl=true"),
            KeyPrefix = "prod:tokens",
            MinReplicas = 1,
            OperationTimeout = TimeSpan.FromSeconds(1),
            PollInterval = TimeSpan.FromMilliseconds(200),
            AllowVolatile = true,
            JournalPath = "/var/journal",
        };
        Assert.Equal(expected, result.Value!.Store);
        Assert.Equal(new Secret(SettingsFixture.Key), Assert.Single(result.Value.Encryption.Keys).Value);
    }

    [Fact]
    public void Read_nothing_at_all_gives_the_defaults()
    {
        var result = TokenGatewaySettingsReader.Read(SettingsFixture.Json("{}"));

        Assert.Empty(result.Errors);
        Assert.Equal(new StoreSettings(), result.Value!.Store);
        Assert.Empty(result.Value.Credentials);
    }
}
