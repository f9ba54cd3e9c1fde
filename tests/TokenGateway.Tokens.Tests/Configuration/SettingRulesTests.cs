using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Configuration;

/// <summary>What must hold between settings.</summary>
public sealed class SettingRulesTests
{
    private const string Plum = SettingsFixture.Plum;

    [Fact]
    public void Read_many_errors_are_reported_in_one_pass()
    {
        var result = SettingsFixture.Read(
            ("TokenGateway:Store:Kind", "Redis"),
            ("TokenGateway:Store:PollIntervall", "00:00:05"),
            ($"{Plum}:ClientId", ""),
            ($"{Plum}:ClientSecret", "secret_1"),
            ($"{Plum}:ClientSecretFile", "/run/secrets/plum"),
            ($"{Plum}:TokenEndpoint", "http://login.example.com/token"),
            ($"{Plum}:Patience", "15"),
            ($"{Plum}:LeaseDuration", "00:00:10"),
            ("TokenGateway:Credentials:b c:TokenEndpoint", "https://login.example.com/token"));

        Assert.Null(result.Value);
        Assert.Equal(
            [
                "TokenGateway:Credentials:b c",
                "TokenGateway:Credentials:b c:ClientId",
                $"{Plum}:ClientId",
                $"{Plum}:ClientSecret",
                $"{Plum}:LeaseDuration",
                $"{Plum}:Patience",
                $"{Plum}:TokenEndpoint",
                "TokenGateway:Encryption:Keys",
                "TokenGateway:Store:PollIntervall",
                "TokenGateway:Store:Redis",
            ],
            result.Errors.Select(error => error.Path).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(result.Errors, error => error.Message.Contains("secret_1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ClientSecret")]
    [InlineData("RefreshToken")]
    [InlineData("AccessToken")]
    [InlineData("StandbyRefreshToken")]
    public void Read_a_secret_and_its_file_together_are_an_error(string key) =>
        Assert.Equal(
            [new SettingError($"{Plum}:{key}", $"and {key}File are both set; remove one of them")],
            SettingsFixture.Read(($"{Plum}:{key}", "x"), ($"{Plum}:{key}File", "/nowhere")).Errors);

    [Fact]
    public void Read_a_former_name_that_is_still_configured_is_an_error() =>
        Assert.Equal(
            [new SettingError("TokenGateway:Credentials:prune:FormerName", "is plum, which is still configured; remove that one, or leave FormerName out")],
            SettingsFixture.Read(
                ("TokenGateway:Credentials:prune:TokenEndpoint", "https://login.example.com/token"),
                ("TokenGateway:Credentials:prune:ClientId", "client_id_1"),
                ("TokenGateway:Credentials:prune:FormerName", "plum")).Errors);

    [Fact]
    public void Read_encryption_keys_and_key_files_together_are_an_error() =>
        Assert.Equal(
            [new SettingError("TokenGateway:Encryption:Keys", "and KeyFiles are both set; remove one of them")],
            SettingsFixture.Read(
                ("TokenGateway:Store:Kind", "Redis"),
                ("TokenGateway:Store:Redis", "localhost"),
                ("TokenGateway:Encryption:Keys:0", SettingsFixture.Key),
                ("TokenGateway:Encryption:KeyFiles:0", "/nowhere")).Errors);

    [Fact]
    public void Read_redis_without_a_key_names_keygen()
    {
        var error = Assert.Single(SettingsFixture.Read(("TokenGateway:Store:Kind", "Redis"), ("TokenGateway:Store:Redis", "localhost:6379")).Errors);

        Assert.Equal("TokenGateway:Encryption:Keys", error.Path);
        Assert.Equal("is empty, but the Redis store needs a key to encrypt with; make one with the command keygen and put it here or into a file in KeyFiles", error.Message);
    }

    [Theory]
    [InlineData("", "is empty, but Kind is Redis; give a StackExchange.Redis configuration string, as in localhost:6379")]
    [InlineData("password=p,4ssword=hidden", "is not a StackExchange.Redis configuration string with a host, as in localhost:6379,ssl=true")]
    [InlineData("ssl=true", "is not a StackExchange.Redis configuration string with a host, as in localhost:6379,ssl=true")]
    public void Read_redis_without_a_usable_connection_string_is_an_error(string redis, string message) =>
        Assert.Equal(
            [new SettingError("TokenGateway:Store:Redis", message)],
            SettingsFixture.Read(
                ("TokenGateway:Store:Kind", "Redis"),
                ("TokenGateway:Store:Redis", redis),
                ("TokenGateway:Encryption:Keys:0", SettingsFixture.Key)).Errors);

    [Fact]
    public void Read_a_lease_as_long_as_its_calls_is_accepted_to_the_millisecond()
    {
        var plum = SettingsFixture.ReadPlum(("TokenEndpointTimeout", "00:00:00.250"), ("LeaseDuration", "00:00:04.25"));

        Assert.Equal(TimeSpan.FromMilliseconds(250), plum.TokenEndpointTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(4250), plum.LeaseDuration);
    }

    [Fact]
    public void Read_a_lease_that_a_longer_store_timeout_outlasts_is_an_error() =>
        Assert.Equal(
            [new SettingError($"{Plum}:LeaseDuration", "is shorter than TokenEndpointTimeout + Store:OperationTimeout + 2 s; make it at least 00:01:02")],
            SettingsFixture.Read(("TokenGateway:Store:OperationTimeout", "00:00:30")).Errors);

    [Theory]
    [InlineData("http://127.0.0.1:5000/token")]
    [InlineData("http://[::1]/token")]
    [InlineData("http://localhost/token")]
    public void Read_plain_http_to_loopback_is_accepted(string endpoint) =>
        Assert.Equal(new Uri(endpoint), SettingsFixture.ReadPlum(("TokenEndpoint", endpoint)).TokenEndpoint);

    [Fact]
    public void Read_plain_http_elsewhere_is_accepted_where_it_is_allowed() =>
        Assert.Equal("http", SettingsFixture.ReadPlum(("TokenEndpoint", "http://login/token"), ("AllowInsecureHttp", "true")).TokenEndpoint.Scheme);
}
