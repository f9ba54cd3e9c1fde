using TokenGateway.Tokens.Configuration;

namespace TokenGateway.Tokens.Tests.Configuration;

/// <summary>Secrets in files, and seeds that must differ.</summary>
public sealed class SeedSettingTests : IDisposable
{
    private const string Plum = SettingsFixture.Plum;
    private const string Pear = "TokenGateway:Credentials:pear";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tokengateway-seeds-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("RefreshTokenFile")]
    [InlineData("AccessTokenFile")]
    [InlineData("StandbyRefreshTokenFile")]
    public void Read_a_missing_seed_file_is_accepted(string key) =>
        Assert.Empty(SettingsFixture.Read(($"{Plum}:{key}", "/nowhere/seed")).Errors);

    [Fact]
    public void Read_an_empty_client_secret_file_is_an_error()
    {
        var file = Write("secret", "\n");

        var error = Assert.Single(SettingsFixture.Read(($"{Plum}:ClientSecretFile", file)).Errors);

        Assert.Equal(new SettingError($"{Plum}:ClientSecretFile", $"names the file {file}, which is empty; write the secret into it"), error);
    }

    [Fact]
    public void Read_secrets_from_files_are_known_by_file_and_read_without_the_white_space_around_them()
    {
        var plum = SettingsFixture.ReadPlum(("ClientSecretFile", Write("secret", "secret_1\r\n")), ("RefreshTokenFile", Write("seed", "\t refresh_token_1 \n\n")));

        Assert.Equal(new Secret("secret_1"), plum.ClientSecret.Read());
        Assert.Equal(new Secret("refresh_token_1"), plum.RefreshToken.Read());
        Assert.Null(plum.RefreshToken.Value);
    }

    [Fact]
    public void Read_a_secret_of_the_configuration_is_read_without_the_white_space_around_it() =>
        Assert.Equal(new Secret("refresh_token_1"), SettingsFixture.ReadPlum(("RefreshToken", " refresh_token_1\n")).RefreshToken.Read());

    [Fact]
    public void Read_relative_paths_start_from_the_folder_that_is_given()
    {
        var root = SettingsFixture.Root((SettingsFixture.Plum + ":RefreshTokenFile", "secrets/seed"), ("TokenGateway:Store:Path", "../db"));

        var settings = TokenGatewaySettingsReader.Read(root, "/etc/tokengateway").Value!;

        Assert.Equal("/etc/tokengateway/secrets/seed", settings.Credentials["plum"].RefreshToken.File);
        Assert.Equal(("/etc/db", "/etc/tokengateway/data/journal"), (settings.Store.Path, settings.Store.JournalPath));
    }

    [Fact]
    public void Read_an_encryption_key_from_a_file_is_accepted()
    {
        var result = SettingsFixture.Read(("TokenGateway:Encryption:KeyFiles:0", Write("key", SettingsFixture.Key + "\n")));

        Assert.Empty(result.Errors);
        Assert.Equal(new Secret(SettingsFixture.Key), Assert.Single(result.Value!.Encryption.Keys).Read());
    }

    [Fact]
    public void Read_an_encryption_key_file_that_holds_no_key_is_an_error() =>
        Assert.Equal(
            [new SettingError("TokenGateway:Encryption:KeyFiles:0", "is not the base64 of 32 bytes; the command keygen prints a key that is")],
            SettingsFixture.Read(("TokenGateway:Encryption:KeyFiles:0", Write("key", "refresh_token_1"))).Errors);

    [Fact]
    public void Read_a_redis_connection_string_from_a_file_is_accepted()
    {
        var result = SettingsFixture.Read(
            ("TokenGateway:Store:Kind", "redis"),
            ("TokenGateway:Store:RedisFile", Write("redis", "localhost:6379,password=p\n")),
            ("TokenGateway:Encryption:Keys:0", SettingsFixture.Key));

        Assert.Empty(result.Errors);
        Assert.Equal(new Secret("localhost:6379,password=p"), result.Value!.Store.Redis);
    }

    [Fact]
    public void Read_the_same_seed_in_two_credentials_is_an_error() =>
        AssertSameSeed(("RefreshToken", "refresh_token_1"), ("RefreshToken", "refresh_token_1"));

    [Fact]
    public void Read_the_same_seed_as_another_credentials_standby_is_an_error() =>
        AssertSameSeed(("StandbyRefreshToken", "refresh_token_1"), ("RefreshToken", "refresh_token_1"));

    [Fact]
    public void Read_the_same_seed_through_a_file_is_an_error() =>
        AssertSameSeed(("RefreshToken", "refresh_token_1"), ("RefreshTokenFile", Write("seed", "refresh_token_1\n")));

    [Fact]
    public void Read_the_same_seed_in_two_files_is_an_error() =>
        AssertSameSeed(("RefreshTokenFile", Write("a", "refresh_token_1")), ("RefreshTokenFile", Write("b", "refresh_token_1\n")));

    [Fact]
    public void Read_the_same_seed_file_in_two_credentials_is_an_error_before_it_is_there() =>
        AssertSameSeed(("RefreshTokenFile", "/nowhere/seed"), ("RefreshTokenFile", "/nowhere/../nowhere/seed"));

    [Fact]
    public void Read_a_standby_that_is_the_seed_itself_is_an_error()
    {
        var error = Assert.Single(SettingsFixture.Read(($"{Plum}:RefreshToken", "refresh_token_1"), ($"{Plum}:StandbyRefreshToken", "refresh_token_1")).Errors);

        Assert.Equal($"{Plum}:StandbyRefreshToken", error.Path);
    }

    [Fact]
    public void Read_different_seeds_are_accepted() =>
        Assert.Empty(Read(("RefreshToken", "refresh_token_1"), ("RefreshToken", "refresh_token_2")).Errors);

    private static SettingsResult<TokenGatewaySettings> Read((string Key, string Value) pear, (string Key, string Value) plum) => SettingsFixture.Read(
        ($"{Pear}:TokenEndpoint", "https://login.example.com/token"),
        ($"{Pear}:ClientId", "client_2"),
        ($"{Pear}:{pear.Key}", pear.Value),
        ($"{Plum}:{plum.Key}", plum.Value));

    private static void AssertSameSeed((string Key, string Value) pear, (string Key, string Value) plum) =>
        Assert.Equal(
            [new SettingError($"{Plum}:{plum.Key}", $"is the same seed as {Pear}:{pear.Key}; a refresh token can be spent only once, so each needs one of its own")],
            Read(pear, plum).Errors);

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }
}
